package main

import (
	"net/netip"
	"slices"

	"tailscale.com/tailcfg"
	"tailscale.com/types/dnstype"
)

// Who a device belongs to, as Tailscale numbers whoever owns what has tags.
const taggedDevices = tailcfg.UserID(2147455555)

func (s *server) userOf(d *device) tailcfg.UserProfile {
	if len(d.Tags) > 0 {
		return tailcfg.UserProfile{ID: taggedDevices, LoginName: "tagged-devices", DisplayName: "Tagged Devices"}
	}
	return tailcfg.UserProfile{ID: 1, LoginName: s.Owner, DisplayName: s.Owner}
}

func (s *server) partyOf(d *device) party {
	who := party{tags: d.Tags, prefixes: append(d.addresses(), d.routes()...), own: d.addresses()}
	if len(d.Tags) == 0 {
		who.user, who.admin = s.Owner, true
	}
	return who
}

// active is who takes part in the tailnet's traffic.
func active(d *device) bool { return d.Authorized && !d.expired() }

// mapFor is all that a device is told. `told` remembers which peers it knows. s.mu is held.
func (s *server) mapFor(d *device, told map[tailcfg.NodeID]bool) *tailcfg.MapResponse {
	me := s.partyOf(d)
	response := &tailcfg.MapResponse{
		Node:            s.nodeOf(d),
		DERPMap:         s.relays(),
		Domain:          s.Tailnet,
		CollectServices: "false",
		PacketFilters:   map[string][]tailcfg.FilterRule{"*": nil},
		SSHPolicy:       &tailcfg.SSHPolicy{Rules: []*tailcfg.SSHRule{}},
		UserProfiles:    []tailcfg.UserProfile{s.userOf(d)},
		DNSConfig:       s.dnsConfig(),
	}
	peers := map[tailcfg.NodeID]bool{}
	if active(d) {
		// A client can make nothing of a peer that has not yet said by which key it is looked for.
		others := slices.DeleteFunc(s.present(), func(o *device) bool {
			return o == d || !o.Authorized || o.Disco.IsZero()
		})
		parties := map[*device]party{}
		for _, o := range others {
			parties[o] = s.partyOf(o)
			if s.policy.meet(me, parties[o]) {
				peers[tailcfg.NodeID(o.ID)] = true
				response.Peers = append(response.Peers, s.nodeOf(o))
				if user := s.userOf(o); !slices.ContainsFunc(response.UserProfiles, func(u tailcfg.UserProfile) bool { return u.ID == user.ID }) {
					response.UserProfiles = append(response.UserProfiles, user)
				}
			}
		}
		live := []party{me}
		for _, o := range others {
			if active(o) {
				live = append(live, parties[o])
			}
		}
		response.PacketFilters["base"] = s.policy.filterFor(me, live)
		response.SSHPolicy = s.policy.sshFor(me, live)
		if len(s.policy.SSH) > 0 {
			response.Node.CapMap = tailcfg.NodeCapMap{tailcfg.CapabilitySSH: nil}
		}
	}
	// An empty list of peers means that nothing changed.
	if len(response.Peers) == 0 {
		for id := range told {
			response.PeersRemoved = append(response.PeersRemoved, id)
		}
		slices.Sort(response.PeersRemoved)
	}
	clear(told)
	for id := range peers {
		told[id] = true
	}
	return response
}

// nodeOf is a device as clients know it. s.mu is held.
func (s *server) nodeOf(d *device) *tailcfg.Node {
	online := d.polls > 0
	node := &tailcfg.Node{
		ID:                tailcfg.NodeID(d.ID),
		StableID:          tailcfg.StableNodeID(d.nodeID()),
		Name:              d.Name + "." + s.Tailnet + ".",
		User:              s.userOf(d).ID,
		Key:               d.Key,
		Machine:           d.Machine,
		DiscoKey:          d.Disco,
		Addresses:         d.addresses(),
		AllowedIPs:        append(d.addresses(), d.routes()...),
		PrimaryRoutes:     d.routes(),
		Endpoints:         d.Endpoints,
		HomeDERP:          relayRegion,
		Hostinfo:          d.Hostinfo.View(),
		Created:           d.Created,
		Cap:               d.Capability,
		Tags:              d.Tags,
		Online:            &online,
		MachineAuthorized: d.Authorized,
		Expired:           d.expired(),
	}
	if !online {
		node.LastSeen = &d.Seen
	}
	if !d.NeverExpires || d.Removed {
		node.KeyExpiry = d.Expires
	}
	return node
}

const relayRegion = 900

// relays names the one relay, beside this server. Its certificate is the control server's.
func (s *server) relays() *tailcfg.DERPMap {
	at := s.address.String()
	return &tailcfg.DERPMap{OmitDefaultRegions: true, Regions: map[int]*tailcfg.DERPRegion{relayRegion: {
		RegionID: relayRegion, RegionCode: "lab", RegionName: "Lab",
		Nodes: []*tailcfg.DERPNode{{
			Name: "lab", RegionID: relayRegion, HostName: controlName, IPv4: at, IPv6: "none", STUNPort: 3478, CanPort80: true,
		}},
	}}}
}

func (s *server) dnsConfig() *tailcfg.DNSConfig {
	resolvers := func(addresses []string) (all []*dnstype.Resolver) {
		for _, address := range addresses {
			all = append(all, &dnstype.Resolver{Addr: address})
		}
		return all
	}
	config := &tailcfg.DNSConfig{Resolvers: resolvers(s.state.DNS.Nameservers), Routes: map[string][]*dnstype.Resolver{}}
	for domain, servers := range s.state.DNS.Split {
		config.Routes[domain] = resolvers(servers)
	}
	config.Domains = slices.Clone(s.state.DNS.SearchPaths)
	if s.state.DNS.Preferences.MagicDNS {
		config.Proxied = true
		config.Domains = append([]string{s.Tailnet}, config.Domains...)
		config.Routes[s.Tailnet+"."] = nil
	}
	return config
}

// overlaps says whether two sets of addresses have any in common.
func overlaps(a []netip.Prefix, b netip.Prefix) bool {
	return slices.ContainsFunc(a, func(p netip.Prefix) bool { return p.Overlaps(b) })
}
