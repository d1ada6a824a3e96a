"""Checks reports against schemas: `python validate.py SCHEMA REPORT...`. Prints each problem; a name that ends in .xsd is one for XML."""

import json
import sys

from jsonschema.validators import validator_for
from lxml import etree

schema, *reports = sys.argv[1:]


def problems_of_xml(path):
    xsd = etree.XMLSchema(etree.parse(schema))
    xsd.validate(etree.parse(path, etree.XMLParser(huge_tree=True)))
    return [f"line {error.line}: {error.message}" for error in xsd.error_log]


def problems_of_json(path):
    with open(schema, encoding="utf-8-sig") as file:
        rules = json.load(file)
    with open(path, encoding="utf-8") as file:
        return [f"{error.json_path}: {error.message}" for error in validator_for(rules)(rules).iter_errors(json.load(file))]


for report in reports:
    for problem in (problems_of_xml if schema.endswith(".xsd") else problems_of_json)(report):
        print(f"{report}: {problem[:300]}")
