package main

import (
	"fmt"
	"slices"
	"strings"
)

// flowTest says what must and must not pass, whatever devices there are.
type flowTest struct {
	Src    string   `json:"src"`
	Proto  string   `json:"proto"`
	Accept []string `json:"accept"`
	Deny   []string `json:"deny"`

	// What they were called before, and what is only kept.
	User            string         `json:"user"`
	Allow           []string       `json:"allow"`
	SrcPostureAttrs map[string]any `json:"srcPostureAttrs"`
}

type sshTest struct {
	Src    string   `json:"src"`
	Dst    []string `json:"dst"`
	Accept []string `json:"accept"`
	Check  []string `json:"check"`
	Deny   []string `json:"deny"`
}

// failure is what the API tells of one test.
type failure struct {
	User   string   `json:"user"`
	Errors []string `json:"errors"`
}

// runTests gives those that fail.
func (p *policy) runTests(tests []flowTest, sshTests []sshTest, owner string) (failures []failure) {
	for _, t := range tests {
		source := t.Src + t.User
		var wrong []string
		for _, destination := range append(t.Accept, t.Allow...) {
			wrong = append(wrong, p.try(source, destination, t.Proto, owner, true)...)
		}
		for _, destination := range t.Deny {
			wrong = append(wrong, p.try(source, destination, t.Proto, owner, false)...)
		}
		if len(wrong) > 0 {
			failures = append(failures, failure{source, wrong})
		}
	}
	for _, t := range sshTests {
		var wrong []string
		for _, destination := range t.Dst {
			for want, users := range map[string][]string{"accept": t.Accept, "check": t.Check, "deny": t.Deny} {
				for _, user := range users {
					if got := p.sshAnswer(p.named(t.Src, owner), p.named(destination, owner), user); got != want {
						wrong = append(wrong, fmt.Sprintf("ssh %s@%s: want: %s, got: %s", user, destination, want, got))
					}
				}
			}
		}
		if len(wrong) > 0 {
			slices.Sort(wrong)
			failures = append(failures, failure{t.Src, wrong})
		}
	}
	return failures
}

func (p *policy) try(source, destination, proto, owner string, want bool) []string {
	selector, ports, err := splitPorts(destination)
	if err == nil {
		err = p.known(selector)
	}
	if err == nil {
		err = p.known(source)
	}
	if err != nil {
		return []string{err.Error()}
	}
	protocol := 0
	if numbers, err := protocolOf(proto); err != nil {
		return []string{err.Error()}
	} else if len(numbers) > 0 {
		protocol = numbers[0]
	}
	got := p.allows(p.named(source, owner), p.named(selector, owner), protocol, ports[0].First)
	if got == want {
		return nil
	}
	words := map[bool]string{true: "Accept", false: "Drop"}
	return []string{fmt.Sprintf("address %q: want: %s, got: %s", destination, words[want], words[got])}
}

// named is whoever a test's text means.
func (p *policy) named(text, owner string) party {
	if strings.HasPrefix(text, "tag:") {
		return party{tags: []string{text}}
	}
	if strings.HasPrefix(text, "group:") && len(p.Groups[text]) > 0 {
		text = p.Groups[text][0]
	}
	if prefix, found := p.prefix(text); found {
		who := party{}
		who.prefixes = append(who.prefixes, prefix)
		return who
	}
	return party{user: text, admin: text == owner}
}

func (p *policy) sshAnswer(src, dst party, user string) string {
	for _, r := range p.SSH {
		users := sshUsers(r.Users)
		account, named := users[user]
		if !named {
			account = users["*"]
		}
		if account != "" && p.aimed(rule{src: r.Src, dst: r.Dst}, src, dst) {
			return r.Action
		}
	}
	return "deny"
}
