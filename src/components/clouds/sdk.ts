import type * as pulumi from "@pulumi/pulumi";
// What is used of the SDKs, file by file: an import of a whole package makes Node load each of its resources.
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { Instance } from "@pulumi/aws/ec2/instance.js";
import { KeyPair } from "@pulumi/aws/ec2/keyPair.js";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { D1Database } from "@pulumi/cloudflare/d1database.js";
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { PagesDomain } from "@pulumi/cloudflare/pagesDomain.js";
import { PagesProject } from "@pulumi/cloudflare/pagesProject.js";
import { R2Bucket } from "@pulumi/cloudflare/r2bucket.js";
import { R2CustomDomain } from "@pulumi/cloudflare/r2customDomain.js";
import { WorkersCustomDomain } from "@pulumi/cloudflare/workersCustomDomain.js";
import { WorkersKv } from "@pulumi/cloudflare/workersKv.js";
import { WorkersKvNamespace } from "@pulumi/cloudflare/workersKvNamespace.js";
import { WorkersRoute } from "@pulumi/cloudflare/workersRoute.js";
import { WorkersScript } from "@pulumi/cloudflare/workersScript.js";
import { ZeroTrustTunnelCloudflared } from "@pulumi/cloudflare/zeroTrustTunnelCloudflared.js";
import { ZeroTrustTunnelCloudflaredConfig } from "@pulumi/cloudflare/zeroTrustTunnelCloudflaredConfig.js";
import { ZoneSetting } from "@pulumi/cloudflare/zoneSetting.js";
import { Droplet } from "@pulumi/digitalocean/droplet.js";
import { Firewall as DropletFirewall } from "@pulumi/digitalocean/firewall.js";
import { Tag } from "@pulumi/digitalocean/tag.js";
import { Firewall } from "@pulumi/hcloud/firewall.js";
import { Server } from "@pulumi/hcloud/server.js";

export { getZeroTrustTunnelCloudflaredTokenOutput } from "@pulumi/cloudflare/getZeroTrustTunnelCloudflaredToken.js";

/** A class of an SDK; the kinds know its arguments, as plain data. */
type ResourceClass = new (name: string, args: never, opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** The SDKs' classes by the types that the kinds name. */
export const classes: Readonly<Record<string, ResourceClass>> = {
  "aws:ec2/eip:Eip": Eip,
  "aws:ec2/instance:Instance": Instance,
  "aws:ec2/keyPair:KeyPair": KeyPair,
  "aws:ec2/securityGroup:SecurityGroup": SecurityGroup,
  "cloudflare:index/d1Database:D1Database": D1Database,
  "cloudflare:index/dnsRecord:DnsRecord": DnsRecord,
  "cloudflare:index/pagesDomain:PagesDomain": PagesDomain,
  "cloudflare:index/pagesProject:PagesProject": PagesProject,
  "cloudflare:index/r2Bucket:R2Bucket": R2Bucket,
  "cloudflare:index/r2CustomDomain:R2CustomDomain": R2CustomDomain,
  "cloudflare:index/workersCustomDomain:WorkersCustomDomain": WorkersCustomDomain,
  "cloudflare:index/workersKv:WorkersKv": WorkersKv,
  "cloudflare:index/workersKvNamespace:WorkersKvNamespace": WorkersKvNamespace,
  "cloudflare:index/workersRoute:WorkersRoute": WorkersRoute,
  "cloudflare:index/workersScript:WorkersScript": WorkersScript,
  "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": ZeroTrustTunnelCloudflared,
  "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig":
    ZeroTrustTunnelCloudflaredConfig,
  "cloudflare:index/zoneSetting:ZoneSetting": ZoneSetting,
  "digitalocean:index/droplet:Droplet": Droplet,
  "digitalocean:index/firewall:Firewall": DropletFirewall,
  "digitalocean:index/tag:Tag": Tag,
  "hcloud:index/firewall:Firewall": Firewall,
  "hcloud:index/server:Server": Server,
};
