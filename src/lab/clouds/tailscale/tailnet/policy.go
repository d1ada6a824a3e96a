package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"
	"tailscale.com/tailcfg"
)

// policy is a tailnet's policy file. What the lab does not act on is only kept.
type policy struct {
	Groups    map[string][]string `json:"groups"`
	Hosts     map[string]string   `json:"hosts"`
	TagOwners map[string][]string `json:"tagOwners"`
	ACLs      []struct {
		Action string   `json:"action"`
		Src    []string `json:"src"`
		Proto  string   `json:"proto"`
		Dst    []string `json:"dst"`
	} `json:"acls"`
	Grants []struct {
		Src        []string                     `json:"src"`
		Dst        []string                     `json:"dst"`
		IP         []string                     `json:"ip"`
		App        map[string][]json.RawMessage `json:"app"`
		Via        []string                     `json:"via"`
		SrcPosture []string                     `json:"srcPosture"`
	} `json:"grants"`
	SSH           []sshRule  `json:"ssh"`
	Tests         []flowTest `json:"tests"`
	SSHTests      []sshTest  `json:"sshTests"`
	AutoApprovers struct {
		Routes   map[string][]string `json:"routes"`
		ExitNode []string            `json:"exitNode"`
	} `json:"autoApprovers"`

	NodeAttrs           json.RawMessage `json:"nodeAttrs"`
	Postures            json.RawMessage `json:"postures"`
	DefaultSrcPosture   json.RawMessage `json:"defaultSrcPosture"`
	IPSets              json.RawMessage `json:"ipsets"`
	DERPMap             json.RawMessage `json:"derpMap"`
	AttrConfig          json.RawMessage `json:"attrConfig"`
	DisableIPv4         bool            `json:"disableIPv4"`
	OneCGNATRoute       string          `json:"oneCGNATRoute"`
	RandomizeClientPort bool            `json:"randomizeClientPort"`

	rules []rule
}

// rule lets sources reach destinations, whether it was written as one of "acls" or of "grants".
type rule struct {
	src []string
	dst []string
	// protocol is an IANA number; nil is TCP, UDP and ICMP.
	protocol []int
	ports    []tailcfg.PortRange
}

type sshRule struct {
	Action      string   `json:"action"`
	Src         []string `json:"src"`
	Dst         []string `json:"dst"`
	Users       []string `json:"users"`
	CheckPeriod string   `json:"checkPeriod"`
	AcceptEnv   []string `json:"acceptEnv"`
	Recorder    []string `json:"recorder"`
	Enforce     bool     `json:"enforceRecorder"`
	SrcPosture  []string `json:"srcPosture"`
}

var protocols = map[string]int{"icmp": 1, "tcp": 6, "udp": 17, "ipv6-icmp": 58, "sctp": 132}

var everyPort = []tailcfg.PortRange{tailcfg.PortRangeAny}

// parsePolicy reads HuJSON. Errors say what is wrong as Tailscale does, or nearly so.
func parsePolicy(text string) (*policy, error) {
	standard, err := hujson.Standardize([]byte(text))
	if err != nil {
		return nil, err
	}
	var p policy
	decoder := json.NewDecoder(bytes.NewReader(standard))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return &p, p.compile()
}

func (p *policy) compile() error {
	for _, acl := range p.ACLs {
		if acl.Action != "accept" {
			return fmt.Errorf("action=%q is not supported", acl.Action)
		}
		protocol, err := protocolOf(acl.Proto)
		if err != nil {
			return err
		}
		if len(acl.Src) == 0 || len(acl.Dst) == 0 {
			return errors.New("acl: src and dst are required")
		}
		for _, dst := range acl.Dst {
			selector, ports, err := splitPorts(dst)
			if err != nil {
				return err
			}
			p.rules = append(p.rules, rule{acl.Src, []string{selector}, protocol, ports})
		}
	}
	for _, grant := range p.Grants {
		if len(grant.Src) == 0 || len(grant.Dst) == 0 {
			return errors.New("grant: src and dst are required")
		}
		if len(grant.IP) == 0 && len(grant.App) == 0 {
			return errors.New("grant: ip or app is required")
		}
		for _, ip := range grant.IP {
			name, text, found := strings.Cut(ip, ":")
			if !found {
				name, text = "", ip
			}
			protocol, err := protocolOf(name)
			if err != nil {
				return err
			}
			ports, err := parsePorts(text)
			if err != nil {
				return err
			}
			p.rules = append(p.rules, rule{grant.Src, grant.Dst, protocol, ports})
		}
	}
	// A file that says nothing of who reaches whom leaves it open.
	if p.ACLs == nil && p.Grants == nil {
		p.rules = []rule{{[]string{"*"}, []string{"*"}, nil, everyPort}}
	}
	return p.check()
}

// check refuses names that nothing defines.
func (p *policy) check() error {
	all := map[string][]string{"tagOwners": {}, "groups": {}}
	for tag, owners := range p.TagOwners {
		if !strings.HasPrefix(tag, "tag:") {
			return fmt.Errorf("tagOwners: %q must begin with \"tag:\"", tag)
		}
		all["tagOwners"] = append(all["tagOwners"], owners...)
	}
	for _, r := range p.rules {
		all["src"] = append(all["src"], r.src...)
		all["dst"] = append(all["dst"], r.dst...)
	}
	for _, r := range p.SSH {
		if r.Action != "accept" && r.Action != "check" {
			return fmt.Errorf("ssh: action=%q is not supported", r.Action)
		}
		if len(r.Src) == 0 || len(r.Dst) == 0 || len(r.Users) == 0 {
			return errors.New("ssh: src, dst and users are required")
		}
		if slices.Contains(r.Dst, "*") {
			return errors.New("ssh: dst \"*\" is not supported")
		}
		all["src"] = append(all["src"], r.Src...)
		all["dst"] = append(all["dst"], r.Dst...)
	}
	for _, where := range []string{"tagOwners", "src", "dst"} {
		for _, selector := range all[where] {
			if err := p.known(selector); err != nil {
				return fmt.Errorf("%s=%w", where, err)
			}
		}
	}
	return nil
}

var autogroups = []string{
	"member", "tagged", "self", "internet", "owner", "admin", "it-admin", "network-admin", "billing-admin", "auditor", "danger-all",
}

func (p *policy) known(selector string) error {
	kind, name, _ := strings.Cut(selector, ":")
	switch {
	case selector == "*" || strings.Contains(selector, "@"):
		return nil
	case kind == "tag":
		if _, found := p.TagOwners[selector]; !found {
			return fmt.Errorf("tag not found: %q", selector)
		}
		return nil
	case kind == "group":
		if _, found := p.Groups[selector]; !found {
			return fmt.Errorf("group not found: %q", selector)
		}
		return nil
	case kind == "autogroup":
		if !slices.Contains(autogroups, name) {
			return fmt.Errorf("autogroup not found: %q", selector)
		}
		return nil
	}
	if _, found := p.prefix(selector); !found {
		return fmt.Errorf("invalid value: %q is no user, group, tag, host or address", selector)
	}
	return nil
}

// prefix is what a host's name, an address or a network stands for.
func (p *policy) prefix(selector string) (netip.Prefix, bool) {
	if host, found := p.Hosts[selector]; found {
		selector = host
	}
	if address, err := netip.ParseAddr(selector); err == nil {
		return netip.PrefixFrom(address, address.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(selector)
	return prefix, err == nil
}

func protocolOf(text string) ([]int, error) {
	if text == "" {
		return nil, nil
	}
	if number, found := protocols[text]; found {
		return []int{number}, nil
	}
	if number, err := strconv.Atoi(text); err == nil && number > 0 && number < 256 {
		return []int{number}, nil
	}
	return nil, fmt.Errorf("proto=%q is not supported", text)
}

// splitPorts reads "tag:web:80,443".
func splitPorts(text string) (string, []tailcfg.PortRange, error) {
	at := strings.LastIndex(text, ":")
	if at < 1 {
		return "", nil, fmt.Errorf("dst=%q: port range is missing", text)
	}
	ports, err := parsePorts(text[at+1:])
	return text[:at], ports, err
}

func parsePorts(text string) (ranges []tailcfg.PortRange, err error) {
	if text == "*" {
		return everyPort, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		first, last, found := strings.Cut(part, "-")
		if !found {
			last = first
		}
		from, errFrom := strconv.ParseUint(first, 10, 16)
		to, errTo := strconv.ParseUint(last, 10, 16)
		if errFrom != nil || errTo != nil || from > to {
			return nil, fmt.Errorf("invalid port range %q", part)
		}
		ranges = append(ranges, tailcfg.PortRange{First: uint16(from), Last: uint16(to)})
	}
	return ranges, nil
}
