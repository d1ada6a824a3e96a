package main

import (
	"net/netip"
	"slices"
	"strings"

	"tailscale.com/net/tsaddr"
	"tailscale.com/tailcfg"
)

// party is who a rule is about: a device, or whoever a test names.
type party struct {
	user  string
	admin bool
	tags  []string
	// prefixes are all that it has, with routes; own are its addresses alone.
	prefixes []netip.Prefix
	own      []netip.Prefix
}

// is says whether a selector means the party.
func (p *policy) is(selector string, who party) bool {
	switch selector {
	case "*", "autogroup:danger-all":
		return true
	case "autogroup:member":
		return who.user != ""
	case "autogroup:tagged":
		return len(who.tags) > 0
	case "autogroup:owner", "autogroup:admin", "autogroup:it-admin", "autogroup:network-admin":
		return who.admin
	}
	if strings.HasPrefix(selector, "tag:") {
		return slices.Contains(who.tags, selector)
	}
	if strings.HasPrefix(selector, "group:") {
		return who.user != "" && slices.Contains(p.Groups[selector], who.user)
	}
	if strings.Contains(selector, "@") {
		return selector == who.user
	}
	prefix, found := p.prefix(selector)
	return found && overlaps(who.prefixes, prefix)
}

func (p *policy) any(selectors []string, who party) bool {
	return slices.ContainsFunc(selectors, func(selector string) bool { return p.is(selector, who) })
}

// aimed says whether a rule lets `src` send to `dst`. What is a user's own may be meant by autogroup:self.
func (p *policy) aimed(r rule, src, dst party) bool {
	return p.any(r.src, src) && slices.ContainsFunc(r.dst, func(selector string) bool {
		return p.is(selector, dst) || selector == "autogroup:self" && dst.user != "" && dst.user == src.user
	})
}

// meet says whether either may reach the other: only then they know of each other.
func (p *policy) meet(a, b party) bool {
	return slices.ContainsFunc(p.rules, func(r rule) bool { return p.aimed(r, a, b) || p.aimed(r, b, a) })
}

// allows says whether a test's packet passes. Protocol 0 is whichever a rule is about.
func (p *policy) allows(src, dst party, protocol int, port uint16) bool {
	return slices.ContainsFunc(p.rules, func(r rule) bool {
		fits := len(r.protocol) == 0 || protocol == 0 || slices.Contains(r.protocol, protocol)
		return fits && p.aimed(r, src, dst) &&
			slices.ContainsFunc(r.ports, func(ports tailcfg.PortRange) bool { return ports.Contains(port) })
	})
}

// filterFor is what a device lets in: never nil, so that no rule means no packet.
func (p *policy) filterFor(me party, others []party) []tailcfg.FilterRule {
	rules := []tailcfg.FilterRule{}
	for _, r := range p.rules {
		sources := p.sources(r, me, others)
		if len(sources) == 0 {
			continue
		}
		filter := tailcfg.FilterRule{SrcIPs: sources, IPProto: r.protocol}
		for _, address := range p.targets(r, me) {
			for _, ports := range r.ports {
				filter.DstPorts = append(filter.DstPorts, tailcfg.NetPortRange{IP: address, Ports: ports})
			}
		}
		rules = append(rules, filter)
	}
	return rules
}

func (p *policy) sources(r rule, me party, others []party) (addresses []string) {
	for _, other := range others {
		if p.aimed(r, other, me) {
			for _, prefix := range other.prefixes {
				addresses = append(addresses, prefix.String())
			}
		}
	}
	// Addresses that no device has, such as those behind a router.
	for _, selector := range r.src {
		if prefix, found := p.prefix(selector); found && !inTailnet(prefix) && p.any(r.dst, me) {
			addresses = append(addresses, prefix.String())
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

// targets are those addresses of a device that a rule is about.
func (p *policy) targets(r rule, me party) (addresses []string) {
	for _, selector := range r.dst {
		prefix, network := p.prefix(selector)
		for _, mine := range me.prefixes {
			switch {
			case network && mine.Overlaps(prefix):
				addresses = append(addresses, narrower(mine, prefix).String())
			case !network && (selector == "*" || slices.Contains(me.own, mine)) &&
				(p.is(selector, me) || selector == "autogroup:self" && me.user != ""):
				addresses = append(addresses, mine.String())
			}
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

func narrower(a, b netip.Prefix) netip.Prefix {
	if a.Bits() > b.Bits() {
		return a
	}
	return b
}

func inTailnet(prefix netip.Prefix) bool {
	return tsaddr.CGNATRange().Overlaps(prefix) || tsaddr.TailscaleULARange().Overlaps(prefix)
}

// approves says whether a route that a device offers is taken without asking anybody.
func (p *policy) approves(route netip.Prefix, who party) bool {
	if route.Bits() == 0 {
		return p.any(p.AutoApprovers.ExitNode, who)
	}
	for network, approvers := range p.AutoApprovers.Routes {
		prefix, err := netip.ParsePrefix(network)
		if err == nil && prefix.Bits() <= route.Bits() && prefix.Overlaps(route) && p.any(approvers, who) {
			return true
		}
	}
	return false
}

// sshFor is whom a device's own SSH server lets in. A check asks a person in a browser: in the lab it refuses.
func (p *policy) sshFor(me party, others []party) *tailcfg.SSHPolicy {
	policy := &tailcfg.SSHPolicy{Rules: []*tailcfg.SSHRule{}}
	for _, r := range p.SSH {
		compiled := &tailcfg.SSHRule{SSHUsers: sshUsers(r.Users), Action: &tailcfg.SSHAction{Accept: true}}
		if r.Action == "check" {
			compiled.Action = &tailcfg.SSHAction{Reject: true, Message: "the lab has nobody who could confirm a check\n"}
		}
		for _, other := range others {
			if p.aimed(rule{src: r.Src, dst: r.Dst}, other, me) {
				for _, prefix := range other.own {
					compiled.Principals = append(compiled.Principals, &tailcfg.SSHPrincipal{NodeIP: prefix.Addr().String()})
				}
			}
		}
		if len(compiled.Principals) > 0 {
			policy.Rules = append(policy.Rules, compiled)
		}
	}
	return policy
}

// sshUsers are accounts: "=" is the one that was asked for.
func sshUsers(users []string) map[string]string {
	accounts := map[string]string{}
	for _, user := range users {
		if user == "autogroup:nonroot" {
			accounts["*"] = "="
			if _, named := accounts["root"]; !named {
				accounts["root"] = ""
			}
		} else {
			accounts[user] = user
		}
	}
	return accounts
}
