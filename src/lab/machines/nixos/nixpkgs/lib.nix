# Stand-in for the part of nixpkgs' lib that fleet's module and the modules beside this file use, under the same names.
let
  inherit (builtins) attrNames concatMap elem elemAt filter foldl' head length listToAttrs mapAttrs match split stringLength substring;

  nameValuePair = name: value: { inherit name value; };
  mkOverride = priority: content: { _type = "override"; inherit priority content; };
in
rec {
  inherit concatMap nameValuePair mkOverride mapAttrs;

  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;
  mkOption = attributes: attributes // { _type = "option"; };
  types = import ./types.nix;

  optional = condition: item: if condition then [ item ] else [ ];
  last = list: elemAt list (length list - 1);
  unique = foldl' (all: item: if elem item all then all else all ++ [ item ]) [ ];
  concatStrings = builtins.concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);

  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  filterAttrs = keep: set: genAttrs (filter (name: keep name set.${name}) (attrNames set)) (name: set.${name});
  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  setAttrByPath = path: value: if path == [ ] then value else { ${head path} = setAttrByPath (builtins.tail path) value; };
  attrByPath = path: default: set:
    if path == [ ] then set
    else if set ? ${head path} then attrByPath (builtins.tail path) default set.${head path}
    else default;

  hasSuffix = suffix: text:
    stringLength text >= stringLength suffix && substring (stringLength text - stringLength suffix) (stringLength suffix) text == suffix;
  removePrefix = prefix: text:
    if substring 0 (stringLength prefix) text == prefix then substring (stringLength prefix) (stringLength text) text else text;
  splitString = separator: text: filter builtins.isString (split (builtins.replaceStrings [ "." ] [ "\\." ] separator) text);
}
