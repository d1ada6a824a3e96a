// Command pulumi-resource-hcloud serves Hetzner's own Terraform provider as a Pulumi plugin.
// It stands in for the published plugin where that can't be downloaded, with the same resource names.
package main

import (
	"context"
	"log"

	"github.com/hetznercloud/terraform-provider-hcloud/hcloud"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	bridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
)

const name = "hcloud"

// version is the published plugin's that this one stands in for; set when linking.
var version = "0.0.0"

// dispatcher is the bridged provider's way to say which half (SDKv2 or framework) serves a resource.
type dispatcher interface {
	ResolveDispatch(*bridge.ProviderInfo) (muxer.DispatchTable, error)
}

func main() {
	ctx := context.Background()
	provider := tfbridge.MuxShimWithPF(ctx, sdkv2.NewProvider(hcloud.Provider()), hcloud.NewPluginProvider())
	info, err := describe(provider)
	if err != nil {
		log.Fatalf("hcloud plugin: %v", err)
	}
	schema := []byte(`{"name":"` + name + `","version":"` + version + `"}`)
	tfbridge.MainWithMuxer(ctx, name, info, schema)
}

// describe maps the provider's resources to Pulumi's names. The published plugin generates the dispatch table when it is
// built; here it is computed at start.
func describe(provider shim.Provider) (bridge.ProviderInfo, error) {
	info := bridge.ProviderInfo{
		P: provider, Name: name, Version: version,
		MetadataInfo: bridge.NewProviderMetadata([]byte("{}")),
	}
	// Framework resources whose id is a number: Pulumi's ids are strings, as in the published plugin's schema.
	info.Resources = map[string]*bridge.ResourceInfo{}
	for _, resource := range []string{"primary_ip", "storage_box", "storage_box_snapshot", "storage_box_subaccount", "zone"} {
		info.Resources[name+"_"+resource] = &bridge.ResourceInfo{Fields: map[string]*bridge.SchemaInfo{"id": {Type: "string"}}}
	}
	if err := info.ComputeTokens(tokens.SingleModule(name+"_", "index", tokens.MakeStandard(name))); err != nil {
		return info, err
	}
	info.SetAutonaming(255, "-")

	table, err := provider.(dispatcher).ResolveDispatch(&info)
	if err != nil {
		return info, err
	}
	return info, metadata.Set(info.GetMetadata(), "mux", table)
}
