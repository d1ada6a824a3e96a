// Tailscale's own client against an API: what it says, as JSON, a line for each step. Settings come by the environment
// variables that Tailscale's other programs know: TAILSCALE_BASE_URL, TAILSCALE_API_KEY.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"

	tailscale "tailscale.com/client/tailscale/v2"
)

var (
	ctx = context.Background()
	out = json.NewEncoder(os.Stdout)
)

// step tells what came of a call: its result, or the error.
func step[T any](name string, result T, err error) T {
	if err != nil {
		out.Encode(map[string]any{"step": name, "error": err.Error(), "data": tailscale.ErrorData(err)})
	} else {
		out.Encode(map[string]any{"step": name, "result": result})
	}
	return result
}

func done(name string, err error) { step(name, "done", err) }

func main() {
	base, err := url.Parse(os.Getenv("TAILSCALE_BASE_URL"))
	if err != nil {
		panic(err)
	}
	client := &tailscale.Client{BaseURL: base, APIKey: os.Getenv("TAILSCALE_API_KEY")}
	policy(client)
	keys(client, base)
	dns(client)
	devices(client)
	stranger := &tailscale.Client{BaseURL: base, APIKey: "tskey-api-nobody"}
	_, err = stranger.Devices().List(ctx)
	done("wrong key", err)
}

func policy(client *tailscale.Client) {
	files := client.PolicyFile()
	first := step("policy", must(files.Raw(ctx)), nil)
	const text = `{
	// who reaches what
	"tagOwners": {"tag:web": ["autogroup:admin"], "tag:db": []},
	"grants": [{"src": ["tag:web"], "dst": ["tag:db"], "ip": ["tcp:5432"]}],
	"tests": [{"src": "tag:web", "accept": ["tag:db:5432"], "deny": ["tag:db:22"]}],
}`
	done("validate", files.Validate(ctx, text))
	done("validate what fails", files.Validate(ctx, `{"tests": [{"src": "tag:web", "deny": ["tag:db:22"]}], "tagOwners": {"tag:web": [], "tag:db": []}}`))
	done("set", files.Set(ctx, text, first.ETag))
	done("set over what another set", files.Set(ctx, text, first.ETag))
	done("set what fails", files.Set(ctx, `{"acls": [{"action": "accept", "src": ["tag:none"], "dst": ["*:*"]}]}`, ""))
	step("policy as it was written", must(files.Raw(ctx)).HuJSON == text, nil)
	parsed, err := files.Get(ctx)
	step("policy as data", parsed.Grants, err)
}

func keys(client *tailscale.Client, base *url.URL) {
	request := tailscale.CreateKeyRequest{ExpirySeconds: 600, Description: "for web"}
	request.Capabilities.Devices.Create.Tags = []string{"tag:web"}
	request.Capabilities.Devices.Create.Preauthorized = true
	made, err := client.Keys().CreateAuthKey(ctx, request)
	step("key", made != nil && len(made.Key) > 40, err)
	got, err := client.Keys().Get(ctx, made.ID)
	step("key without its secret", got.Key == "" && got.Capabilities.Devices.Create.Preauthorized && !got.Invalid, err)
	listed, err := client.Keys().List(ctx, true)
	step("keys", len(listed), err)
	done("revoke", client.Keys().Delete(ctx, made.ID))
	got, err = client.Keys().Get(ctx, made.ID)
	step("revoked key is invalid", got.Invalid && !got.Revoked.IsZero(), err)
	request.Capabilities.Devices.Create.Tags = []string{"tag:none"}
	_, err = client.Keys().CreateAuthKey(ctx, request)
	done("key with a tag that nobody owns", err)
	machine, err := client.Keys().CreateOAuthClient(ctx, tailscale.CreateOAuthClientRequest{Scopes: []string{"devices:core:read", "auth_keys"}, Tags: []string{"tag:web"}})
	step("OAuth client", machine.KeyType, err)
	by := &tailscale.Client{BaseURL: base, HTTP: &http.Client{}, Auth: &tailscale.OAuth{ClientID: machine.ID, ClientSecret: machine.Key}}
	_, err = by.Devices().List(ctx)
	done("OAuth client reads devices", err)
	_, err = by.PolicyFile().Raw(ctx)
	done("OAuth client reads the policy", err)
	request.Capabilities.Devices.Create.Tags = nil
	_, err = by.Keys().CreateAuthKey(ctx, request)
	done("OAuth client makes a key without tags", err)
}

func dns(client *tailscale.Client) {
	done("set nameservers", client.DNS().SetNameservers(ctx, []string{"9.9.9.9"}))
	servers, err := client.DNS().Nameservers(ctx)
	step("nameservers", servers, err)
	done("clear nameservers", client.DNS().SetNameservers(ctx, []string{}))
	preferences, err := client.DNS().Preferences(ctx)
	step("MagicDNS", preferences.MagicDNS, err)
	split, err := client.DNS().UpdateSplitDNS(ctx, tailscale.SplitDNSRequest{"corp.example": {"9.9.9.9"}})
	step("split DNS", split, err)
	done("clear split DNS", client.DNS().SetSplitDNS(ctx, tailscale.SplitDNSRequest{}))
}

// devices does something to the first device, and leaves it as it was.
func devices(client *tailscale.Client) {
	list, err := client.Devices().ListWithAllFields(ctx)
	step("devices", len(list), err)
	if len(list) == 0 {
		return
	}
	d := list[0]
	step("name", d.Name, nil)
	done("tag that nobody owns", client.Devices().SetTags(ctx, d.NodeID, []string{"tag:none"}))
	done("other tags", client.Devices().SetTags(ctx, d.NodeID, []string{"tag:db"}))
	got, err := client.Devices().Get(ctx, d.ID)
	step("tags", got.Tags, err)
	done("own tags", client.Devices().SetTags(ctx, d.NodeID, d.Tags))
	done("key expiry", client.Devices().SetKey(ctx, d.NodeID, tailscale.DeviceKey{KeyExpiryDisabled: false}))
	got, err = client.Devices().Get(ctx, d.NodeID)
	step("key expires", !got.KeyExpiryDisabled && !got.Expires.IsZero(), err)
	done("no key expiry", client.Devices().SetKey(ctx, d.NodeID, tailscale.DeviceKey{KeyExpiryDisabled: true}))
	routes, err := client.Devices().SubnetRoutes(ctx, d.NodeID)
	step("routes", routes, err)
	_, err = client.Devices().Get(ctx, "n00000000099CNTRL")
	step("no such device", tailscale.IsNotFound(err), nil)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
