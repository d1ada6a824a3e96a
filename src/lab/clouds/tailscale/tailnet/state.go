package main

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"tailscale.com/net/tsaddr"
	"tailscale.com/tailcfg"
	"tailscale.com/types/key"
)

// state is all that outlives the process.
type state struct {
	ControlKey key.MachinePrivate
	RelayKey   key.NodePrivate
	Devices    []*device
	Keys       []*authKey
	LastID     int64
	Policy     string
	DNS        dnsSettings
	Settings   tailnetSettings
}

// device is a machine that has logged in, or one that was removed and does not know it yet.
type device struct {
	ID        int64
	Machine   key.MachinePublic
	Key       key.NodePublic
	Disco     key.DiscoPublic
	Hostinfo  *tailcfg.Hostinfo
	Endpoints []netip.AddrPort
	// Name is the first label of its MagicDNS name; Named when somebody gave it by the API.
	Name  string
	Named bool
	// Address is the one that its owner has set in the console, if any.
	Address    netip.Addr
	Tags       []string `json:",omitempty"`
	Routes     []netip.Prefix
	Authorized bool
	Ephemeral  bool `json:",omitempty"`
	Removed    bool `json:",omitempty"`
	// NeverExpires is what the console calls "key expiry disabled".
	NeverExpires bool
	Expires      time.Time
	Created      time.Time
	Seen         time.Time
	Capability   tailcfg.CapabilityVersion

	polls int // connections that wait for news
}

// nodeID is what the API prefers to the number.
func (d *device) nodeID() string { return fmt.Sprintf("n%011dCNTRL", d.ID) }

func (d *device) address() netip.Addr {
	if d.Address.IsValid() {
		return d.Address
	}
	return netip.AddrFrom4([4]byte{100, 64, byte(d.ID >> 8), byte(d.ID)})
}

func (d *device) addresses() []netip.Prefix {
	return []netip.Prefix{netip.PrefixFrom(d.address(), 32), netip.PrefixFrom(tsaddr.Tailscale4To6(d.address()), 128)}
}

func (d *device) expired() bool { return d.Removed || !d.NeverExpires && time.Now().After(d.Expires) }

// routes are those that it offers and that were approved.
func (d *device) routes() []netip.Prefix {
	return slices.DeleteFunc(slices.Clone(d.Routes), func(route netip.Prefix) bool {
		return !slices.Contains(d.Hostinfo.RoutableIPs, route)
	})
}

// authKey is a key that devices log in with, or (KeyType "client") an OAuth client.
type authKey struct {
	ID           string
	Secret       string
	KeyType      string
	Description  string
	Created      time.Time
	Expires      time.Time
	Capabilities capabilities
	Scopes       []string `json:",omitempty"`
	Tags         []string `json:",omitempty"`
	Used         bool     `json:",omitempty"`
	Revoked      time.Time
}

func (k *authKey) invalid() bool {
	spent := k.Used && !k.Capabilities.Devices.Create.Reusable
	return spent || !k.Revoked.IsZero() || !k.Expires.IsZero() && time.Now().After(k.Expires)
}

type server struct {
	settings
	address netip.Addr
	file    string

	mu     sync.Mutex
	state  state
	policy *policy
	tokens map[string]oauthToken
	news   chan struct{} // closed when something changed
}

// firstPolicy is what a new tailnet has: everyone reaches everything.
const firstPolicy = `// Example/default ACLs for unrestricted connections.
{
	// Define access control lists for users, groups, autogroups, tags, Tailscale IP addresses, and subnet ranges.
	"acls": [
		// Allow all connections.
		{"action": "accept", "src": ["*"], "dst": ["*:*"]},
	],
	"ssh": [
		// Allow all users to SSH into their own devices in check mode.
		{"action": "check", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["autogroup:nonroot", "root"]},
	],
}
`

func openServer(file string, given settings, address string) (*server, error) {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return nil, err
	}
	s := &server{settings: given, address: at, file: file, tokens: map[string]oauthToken{}, news: make(chan struct{})}
	switch text, err := os.ReadFile(file); {
	case errors.Is(err, os.ErrNotExist):
		s.state = state{
			ControlKey: key.NewMachine(), RelayKey: key.NewNode(), Policy: firstPolicy,
			DNS: dnsSettings{Preferences: dnsPreferences{MagicDNS: true}}, Settings: tailnetSettings{KeyDurationDays: 180},
		}
	case err != nil:
		return nil, err
	default:
		if err := json.Unmarshal(text, &s.state); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	s.policy, err = parsePolicy(s.state.Policy)
	return s, err
}

// changed keeps everything and wakes whoever waits for news. s.mu is held.
func (s *server) changed() {
	text, err := json.Marshal(s.state)
	must(err)
	must(os.WriteFile(s.file+".new", text, 0o600))
	must(os.Rename(s.file+".new", s.file))
	s.wake()
}

func (s *server) wake() {
	close(s.news)
	s.news = make(chan struct{})
}

// find gives the devices that are in the tailnet and fit. s.mu is held.
func (s *server) find(fits func(*device) bool) *device {
	for _, d := range s.state.Devices {
		if fits(d) {
			return d
		}
	}
	return nil
}

// present are the devices that were not removed. s.mu is held.
func (s *server) present() []*device {
	return slices.DeleteFunc(slices.Clone(s.state.Devices), func(d *device) bool { return d.Removed })
}

// freeName is the name that a device gets: what it asks for, with a number when another has that.
func (s *server) freeName(wanted string, of *device) string {
	wanted = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(cmp.Or(wanted, "unnamed"))), "-")
	taken := func(name string) bool {
		return s.find(func(d *device) bool { return d != of && !d.Removed && d.Name == name }) != nil
	}
	name := wanted
	for i := 1; taken(name); i++ {
		name = fmt.Sprintf("%s-%d", wanted, i)
	}
	return name
}

// forgetEphemeral removes ephemeral devices that have been gone for a while.
func (s *server) forgetEphemeral() {
	const grace = 5 * time.Minute
	for range time.Tick(10 * time.Second) {
		s.mu.Lock()
		for _, d := range s.present() {
			if d.Ephemeral && d.polls == 0 && time.Since(d.Seen) > grace {
				d.Removed = true
				s.changed()
			}
		}
		s.mu.Unlock()
	}
}

// word is a random word of letters and digits.
func word(length int) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"
	bytes := make([]byte, length)
	rand.Read(bytes)
	for i := range bytes {
		bytes[i] = letters[int(bytes[i])%len(letters)]
	}
	return string(bytes)
}
