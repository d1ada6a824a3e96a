# Stand-in for nixpkgs' option types: which values fit, and what becomes of several definitions of one option. A definition is {
# value, file }; `merge` takes where the option is, and definitions that fit.
let
  inherit (builtins) all any elem head isAttrs isBool isInt isList isString match;
  show = builtins.concatStringsSep ".";

  equal = where: definitions:
    let first = (head definitions).value; in
    if all (d: d.value == first) definitions then first
    else throw "The option `${show where}' has conflicting definition values: ${values definitions}";
  values = definitions: builtins.concatStringsSep "; " (map (d: "${builtins.toJSON d.value} in ${d.file}") definitions);
  simple = name: check: { inherit name check; merge = equal; };
  checked = type: where: definitions:
    let wrong = builtins.filter (d: !type.check d.value) definitions; in
    if wrong == [ ] then definitions
    else throw "A definition for option `${show where}' is not of type `${type.name}'. Definition values: ${values wrong}";
in
rec {
  inherit checked values;

  bool = simple "boolean" isBool;
  int = simple "signed integer" isInt;
  str = simple "string" isString;
  path = simple "path" (value: isString value && match "/.*" value != null);
  port = simple "16 bit unsigned integer; between 0 and 65535 (both inclusive)" (value: isInt value && value >= 0 && value <= 65535);
  package = simple "package" (value: isAttrs value && value ? isPackage);
  scalar = simple "null, boolean, signed integer or string" (value: isBool value || isInt value || isString value || value == null);
  enum = allowed: simple "one of ${builtins.toJSON allowed}" (value: elem value allowed);
  lines = simple "strings concatenated with \"\\n\"" isString // { merge = _: definitions: builtins.concatStringsSep "\n" (map (d: d.value) definitions); };

  nullOr = type: {
    name = "null or ${type.name}";
    check = value: value == null || type.check value;
    merge = where: definitions: if any (d: d.value == null) definitions then equal where definitions else type.merge where definitions;
  };
  either = one: other: {
    name = "${one.name} or ${other.name}";
    check = value: one.check value || other.check value;
    merge = where: definitions: if all (d: one.check d.value) definitions then one.merge where definitions else other.merge where definitions;
  };
  # What is in these, eval-modules.nix goes through: a list's items, a set's entries, which may have their own mkIf and mkDefault.
  listOf = item: { name = "list of ${item.name}"; check = isList; inherit item; };
  attrsOf = element: { name = "attribute set of ${element.name}"; check = isAttrs; inherit element; };
  # `module`, given the name, has options like a module's.
  submodule = module: { name = "submodule"; check = isAttrs; inherit module; };
}
