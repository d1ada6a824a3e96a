# Stand-in for nixpkgs' evalModules: gathers modules by their imports, and brings the definitions of all of them together by the
# options that they declare. An option that nobody declares is an error, and so is a value that does not fit.
{ lib, modules, args }:

let
  inherit (builtins) attrNames concatMap elem filter foldl' head isAttrs isFunction mapAttrs;
  inherit (lib.types) checked values;
  show = builtins.concatStringsSep ".";
  isOption = node: node ? _type && node._type == "option";

  # A module: a path, a function to one, or a set with imports, options and config (or config alone).
  load = file: module:
    if isFile module then load (toString module) (import module)
    else if isFunction module then load file (module (args // { inherit config lib; }))
    else {
      file = module._file or file;
      imports = module.imports or [ ];
      options = module.options or { };
      config = if module ? config || module ? options then module.config or { } else removeAttrs module [ "imports" "_file" ];
    };
  isFile = module: builtins.isPath module || builtins.isString module;
  gather = seen: module:
    if isFile module && elem (toString module) seen.files then seen
    else
      let loaded = load "an unnamed module" module;
      in foldl' gather { files = seen.files ++ lib.optional (isFile module) (toString module); all = seen.all ++ [ loaded ]; } loaded.imports;
  all = (foldl' gather { files = [ ]; all = [ ]; } modules).all;

  unite = a: b: a // mapAttrs (name: node: if a ? ${name} && !isOption node && !isOption a.${name} then unite a.${name} node else node) b;
  declared = foldl' unite { } (map (module: module.options) all);
  config = evalSet [ ] declared (concatMap (module: definitions { inherit (module) file; value = module.config; priority = 100; }) all);

  # mkMerge, mkIf and mkOverride around a set are handed down to its entries, so that the names in it do not depend on conditions.
  definitions = { file, value, priority }:
    let kind = if isAttrs value then value._type or "" else ""; in
    if kind == "merge" then concatMap (content: definitions { inherit file priority; value = content; }) value.contents
    else if kind == "if" then definitions { inherit file priority; value = mapAttrs (_: content: lib.mkIf value.condition content) value.content; }
    else if kind == "override" then definitions { inherit file; value = value.content; priority = value.priority; }
    else [ { inherit file value priority; } ];
  # For what has no entries, they are settled.
  settled = { file, value, priority }:
    let kind = if isAttrs value then value._type or "" else ""; in
    if kind == "merge" then concatMap (content: settled { inherit file priority; value = content; }) value.contents
    else if kind == "if" then if value.condition then settled { inherit file priority; value = value.content; } else [ ]
    else if kind == "override" then settled { inherit file; value = value.content; priority = value.priority; }
    else [ { inherit file value priority; } ];

  entriesNamed = name: concatMap (d: if d.value ? ${name} then [ (d // { value = d.value.${name}; }) ] else [ ]);
  namesIn = defs: lib.unique (concatMap (d: attrNames d.value) defs);

  evalSet = where: nodes: defs:
    let unknown = filter (name: !(nodes ? ${name}) && concatMap settled (entriesNamed name defs) != [ ]) (namesIn defs); in
    if unknown != [ ] then throw "The option `${show (where ++ [ (head unknown) ])}' does not exist. Definition values: ${values (entriesNamed (head unknown) defs)}"
    else mapAttrs (name: node: evalNode (where ++ [ name ]) node (entriesNamed name defs)) nodes;

  evalNode = where: node: defs:
    if isOption node then evalOption where node defs
    else evalSet where node (map (asSet where) (concatMap definitions defs));
  asSet = where: d: if isAttrs d.value then d else throw "The option `${show where}' is a set of options, not a value. Definition values: ${values [ d ]}";

  evalOption = where: option: defs:
    let
      given = concatMap settled defs;
      strongest = foldl' (least: d: if d.priority < least then d.priority else least) 1500 given;
    in
    if given == [ ] && !(option ? default) then throw "The option `${show where}' is used but not defined."
    else if given == [ ] then option.default
    else evalType where option.type (filter (d: d.priority == strongest) given);

  evalType = where: type: defs:
    let fitting = checked type where defs; in
    if type ? element then
      lib.genAttrs (filter (name: concatMap settled (entriesNamed name fitting) != [ ]) (namesIn fitting)) (name:
        evalOption (where ++ [ name ]) { type = type.element; } (entriesNamed name fitting))
    else if type ? item then concatMap (d: map (value: evalType (where ++ [ "*" ]) type.item [ (d // { inherit value; }) ]) d.value) fitting
    else if type ? module then evalSet where (type.module (lib.last where)).options (concatMap definitions fitting)
    else type.merge where fitting;
in
builtins.seq (builtins.deepSeq config null) config
