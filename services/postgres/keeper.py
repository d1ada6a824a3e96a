#!/usr/bin/python3
"""Keeper of a PostgreSQL cluster's roles and databases: `read`, `write` or `remove`, with lines of JSON on standard input. Written by fleet (services/postgres).

Records:
  role NAME      login          whether it may log in
                 passwordFile   the file that holds its password, for root alone
                 passwordIsSet  whether its password is the one in that file
  database NAME  owner          the role that owns it

Nothing is ever dropped: a role that is removed may log in no more, and a database stays.
"""
import base64, hashlib, hmac, json, os, subprocess, sys

PORT = 5432
ITERATIONS = 4096


class Failed(Exception):
    pass


def psql(sql):
    """Statements go to standard input: what is an argument, everybody on the host can read."""
    command = ["runuser", "-u", "postgres", "--", "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-p", str(PORT), "-d", "postgres"]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise Failed(f"psql: {said[0] if said else f'exit code {done.returncode}'}")
    return done.stdout


def literal(value):
    return "'" + value.replace("'", "''") + "'"


def name_of(record):
    """Names are checked where they are declared, and quoted all the same."""
    return '"' + record.split(" ", 1)[1].replace('"', '""') + '"'


def password_in(path):
    with open(path, encoding="utf8") as file:
        return file.read().rstrip("\n")


def verifier(password, salt=None, iterations=ITERATIONS):
    """What PostgreSQL keeps of a password (RFC 5803), so that the password itself goes into no statement and no log."""
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client, server = (hmac.digest(salted, key, "sha256") for key in (b"Client Key", b"Server Key"))
    stored, server, salt = (base64.b64encode(part).decode() for part in (hashlib.sha256(client).digest(), server, salt))
    return f"SCRAM-SHA-256${iterations}:{salt}${stored}:{server}"


def is_of(kept, password):
    try:
        _, cost, _ = kept.split("$")
        iterations, salt = cost.split(":")
        return hmac.compare_digest(kept, verifier(password, base64.b64decode(salt), int(iterations)))
    except ValueError:
        return False


def roles():
    rows = psql("SELECT json_build_object('name', rolname, 'login', rolcanlogin, 'kept', rolpassword) FROM pg_authid;")
    return {row["name"]: row for row in map(json.loads, rows.splitlines())}


def owners():
    rows = psql("SELECT json_build_object('name', datname, 'owner', pg_get_userbyid(datdba)) FROM pg_database;")
    return {row["name"]: row["owner"] for row in map(json.loads, rows.splitlines())}


def found(records):
    there, owned, told = roles(), owners(), {}
    for record, fields in records.items():
        kind, name = record.split(" ", 1)
        if kind == "database" and name in owned:
            told[record] = {"owner": owned[name]}
        if kind == "role" and name in there:
            path = fields["passwordFile"]
            told[record] = {
                "login": there[name]["login"],
                "passwordFile": path,
                "passwordIsSet": is_of(there[name]["kept"] or "", password_in(path)),
            }
    return told


def write(records):
    there = found(records)
    # An owner is there before what it owns.
    for record, fields in sorted(records.items(), key=lambda item: item[0].startswith("database ")):
        if there.get(record) == fields:
            continue
        verb = "ALTER" if record in there else "CREATE"
        if record.startswith("role "):
            kept = verifier(password_in(fields["passwordFile"]))
            psql(f"{verb} ROLE {name_of(record)} LOGIN PASSWORD {literal(kept)};")
        elif verb == "CREATE":
            psql(f"CREATE DATABASE {name_of(record)} OWNER {name_of('role ' + fields['owner'])};")
        else:
            psql(f"ALTER DATABASE {name_of(record)} OWNER TO {name_of('role ' + fields['owner'])};")


def remove(records):
    there = roles()
    for record in records:
        kind, name = record.split(" ", 1)
        if kind == "role" and name in there:
            psql(f"ALTER ROLE {name_of(record)} NOLOGIN;")


def main(verb):
    records = {name: fields for line in sys.stdin for name, fields in json.loads(line).items()}
    if verb == "write":
        write(records)
    elif verb == "remove":
        remove(records)
    else:
        print(json.dumps(found(records)))


try:
    main(sys.argv[1])
except Failed as error:
    print(error)
    sys.exit(1)
except OSError as error:
    print(f"PostgreSQL can't be asked: {error}")
    sys.exit(1)
