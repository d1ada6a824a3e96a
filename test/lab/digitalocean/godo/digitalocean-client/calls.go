package main

import "github.com/digitalocean/godo"

// What the calls name in their paths and queries.
type names struct {
	DropletID  int    `json:"droplet_id"`
	ImageID    any    `json:"image_id"`
	Key        any    `json:"ssh_key_identifier"`
	TagID      string `json:"tag_id"`
	TagName    string `json:"tag_name"`
	FirewallID string `json:"firewall_id"`
	VolumeID   string `json:"volume_id"`
	SnapshotID string `json:"snapshot_id"`
	VpcID      string `json:"vpc_id"`
	ReservedIP string `json:"reserved_ip"`
	ProjectID  string `json:"project_id"`
	DomainName string `json:"domain_name"`
	RecordID   int    `json:"domain_record_id"`
}

// as makes a call of one that takes a body of its own type.
func as[Body any, Answer any](run func(names, *Body) (Answer, *godo.Response, error)) call {
	return func(args arguments) (any, *godo.Response, error) {
		named, body := names{}, new(Body)
		args.to(&named, body)
		return run(named, body)
	}
}

func by[Answer any](run func(names, *godo.ListOptions) (Answer, *godo.Response, error)) call {
	return func(args arguments) (any, *godo.Response, error) {
		named := names{}
		args.to(&named, nil)
		return run(named, args.options)
	}
}

// silent makes a call of one without an answer.
func silent(run func(names) (*godo.Response, error)) call {
	return by(func(n names, _ *godo.ListOptions) (any, *godo.Response, error) {
		response, err := run(n)
		return nil, response, err
	})
}

type list = *godo.ListOptions

func calls(c *godo.Client) map[string]call {
	return map[string]call{
		"account.get": by(func(names, list) (*godo.Account, *godo.Response, error) { return c.Account.Get(ctx) }),
		"regions.list": by(func(_ names, o list) ([]godo.Region, *godo.Response, error) {
			return c.Regions.List(ctx, o)
		}),
		"sizes.list": by(func(_ names, o list) ([]godo.Size, *godo.Response, error) {
			return c.Sizes.List(ctx, o)
		}),
		"images.get": by(func(n names, _ list) (*godo.Image, *godo.Response, error) {
			return c.Images.GetBySlug(ctx, n.ImageID.(string))
		}),
		"images.update": as(func(n names, b *godo.ImageUpdateRequest) (*godo.Image, *godo.Response, error) {
			return c.Images.Update(ctx, int(n.ImageID.(float64)), b)
		}),
		"images.delete": silent(func(n names) (*godo.Response, error) {
			return c.Images.Delete(ctx, int(n.ImageID.(float64)))
		}),
		"ssh_keys.list": by(func(_ names, o list) ([]godo.Key, *godo.Response, error) { return c.Keys.List(ctx, o) }),
		"ssh_keys.get": by(func(n names, _ list) (*godo.Key, *godo.Response, error) {
			return c.Keys.GetByFingerprint(ctx, n.Key.(string))
		}),
		"ssh_keys.create": as(func(_ names, b *godo.KeyCreateRequest) (*godo.Key, *godo.Response, error) {
			return c.Keys.Create(ctx, b)
		}),
		"ssh_keys.update": as(func(n names, b *godo.KeyUpdateRequest) (*godo.Key, *godo.Response, error) {
			return c.Keys.UpdateByID(ctx, int(n.Key.(float64)), b)
		}),
		"ssh_keys.delete": silent(func(n names) (*godo.Response, error) {
			return c.Keys.DeleteByID(ctx, int(n.Key.(float64)))
		}),
		"tags.list": by(func(_ names, o list) ([]godo.Tag, *godo.Response, error) {
			return c.Tags.List(ctx, o)
		}),
		"tags.get": by(func(n names, _ list) (*godo.Tag, *godo.Response, error) {
			return c.Tags.Get(ctx, n.TagID)
		}),
		"tags.create": as(func(_ names, b *godo.TagCreateRequest) (*godo.Tag, *godo.Response, error) {
			return c.Tags.Create(ctx, b)
		}),
		"tags.delete": silent(func(n names) (*godo.Response, error) { return c.Tags.Delete(ctx, n.TagID) }),
		"tags.assign_resources": as(func(n names, b *godo.TagResourcesRequest) (any, *godo.Response, error) {
			response, err := c.Tags.TagResources(ctx, n.TagID, b)
			return nil, response, err
		}),
		"tags.unassign_resources": as(func(n names, b *godo.UntagResourcesRequest) (any, *godo.Response, error) {
			response, err := c.Tags.UntagResources(ctx, n.TagID, b)
			return nil, response, err
		}),
		"vpcs.create": as(func(_ names, b *godo.VPCCreateRequest) (*godo.VPC, *godo.Response, error) {
			return c.VPCs.Create(ctx, b)
		}),
		"vpcs.list": by(func(_ names, o list) ([]*godo.VPC, *godo.Response, error) { return c.VPCs.List(ctx, o) }),
		"vpcs.list_members": by(func(n names, o list) ([]*godo.VPCMember, *godo.Response, error) {
			return c.VPCs.ListMembers(ctx, n.VpcID, nil, o)
		}),
		"vpcs.delete": silent(func(n names) (*godo.Response, error) { return c.VPCs.Delete(ctx, n.VpcID) }),
		"firewalls.list": by(func(_ names, o list) ([]godo.Firewall, *godo.Response, error) {
			return c.Firewalls.List(ctx, o)
		}),
		"firewalls.create": as(func(_ names, b *godo.FirewallRequest) (*godo.Firewall, *godo.Response, error) {
			return c.Firewalls.Create(ctx, b)
		}),
		"firewalls.update": as(func(n names, b *godo.FirewallRequest) (*godo.Firewall, *godo.Response, error) {
			return c.Firewalls.Update(ctx, n.FirewallID, b)
		}),
		"firewalls.add_rules": as(func(n names, b *godo.FirewallRulesRequest) (any, *godo.Response, error) {
			response, err := c.Firewalls.AddRules(ctx, n.FirewallID, b)
			return nil, response, err
		}),
		"firewalls.delete": silent(func(n names) (*godo.Response, error) {
			return c.Firewalls.Delete(ctx, n.FirewallID)
		}),
		"droplets.create": as(func(_ names, b *droplet) (*godo.Droplet, *godo.Response, error) {
			return c.Droplets.Create(ctx, b.request())
		}),
		"droplets.get": by(func(n names, _ list) (*godo.Droplet, *godo.Response, error) {
			return c.Droplets.Get(ctx, n.DropletID)
		}),
		"droplets.list": by(func(n names, o list) ([]godo.Droplet, *godo.Response, error) {
			if n.TagName != "" {
				return c.Droplets.ListByTag(ctx, n.TagName, o)
			}
			return c.Droplets.List(ctx, o)
		}),
		"droplets.list_snapshots": by(func(n names, o list) ([]godo.Image, *godo.Response, error) {
			return c.Droplets.Snapshots(ctx, n.DropletID, o)
		}),
		"droplets.list_firewalls": by(func(n names, o list) ([]godo.Firewall, *godo.Response, error) {
			return c.Firewalls.ListByDroplet(ctx, n.DropletID, o)
		}),
		"droplets.destroy": silent(func(n names) (*godo.Response, error) {
			return c.Droplets.Delete(ctx, n.DropletID)
		}),
		"droplets.destroy_by_tag": silent(func(n names) (*godo.Response, error) {
			return c.Droplets.DeleteByTag(ctx, n.TagName)
		}),
		"droplet_actions.post": as(func(n names, b *action) (*godo.Action, *godo.Response, error) {
			return dropletAction(c, n.DropletID, b)
		}),
		"reserved_ips.list": by(func(_ names, o list) ([]godo.ReservedIP, *godo.Response, error) {
			return c.ReservedIPs.List(ctx, o)
		}),
		"reserved_ips.get": by(func(n names, _ list) (*godo.ReservedIP, *godo.Response, error) {
			return c.ReservedIPs.Get(ctx, n.ReservedIP)
		}),
		"reserved_ips.create": as(func(_ names, b *godo.ReservedIPCreateRequest) (*godo.ReservedIP, *godo.Response, error) {
			return c.ReservedIPs.Create(ctx, b)
		}),
		"reserved_ips.delete": silent(func(n names) (*godo.Response, error) {
			return c.ReservedIPs.Delete(ctx, n.ReservedIP)
		}),
		"reserved_ips_actions.post": as(func(n names, b *action) (*godo.Action, *godo.Response, error) {
			if b.Type == "assign" {
				return c.ReservedIPActions.Assign(ctx, n.ReservedIP, b.DropletID)
			}
			return c.ReservedIPActions.Unassign(ctx, n.ReservedIP)
		}),
		"volumes.list": by(func(_ names, o list) ([]godo.Volume, *godo.Response, error) {
			return c.Storage.ListVolumes(ctx, &godo.ListVolumeParams{ListOptions: o})
		}),
		"volumes.get": by(func(n names, _ list) (*godo.Volume, *godo.Response, error) {
			return c.Storage.GetVolume(ctx, n.VolumeID)
		}),
		"volumes.create": as(func(_ names, b *godo.VolumeCreateRequest) (*godo.Volume, *godo.Response, error) {
			return c.Storage.CreateVolume(ctx, b)
		}),
		"volumes.delete": silent(func(n names) (*godo.Response, error) {
			return c.Storage.DeleteVolume(ctx, n.VolumeID)
		}),
		"volume_actions.post_by_id": as(func(n names, b *action) (*godo.Action, *godo.Response, error) {
			return volumeAction(c, n.VolumeID, b)
		}),
		"volume_snapshots.create": as(func(n names, b *godo.SnapshotCreateRequest) (*godo.Snapshot, *godo.Response, error) {
			b.VolumeID = n.VolumeID
			return c.Storage.CreateSnapshot(ctx, b)
		}),
		"snapshots.list": by(func(_ names, o list) ([]godo.Snapshot, *godo.Response, error) {
			return c.Snapshots.List(ctx, o)
		}),
		"snapshots.delete": silent(func(n names) (*godo.Response, error) {
			return c.Snapshots.Delete(ctx, n.SnapshotID)
		}),
		"projects.create": as(func(_ names, b *godo.CreateProjectRequest) (*godo.Project, *godo.Response, error) {
			return c.Projects.Create(ctx, b)
		}),
		"projects.patch": as(func(n names, b *godo.UpdateProjectRequest) (*godo.Project, *godo.Response, error) {
			return c.Projects.Update(ctx, n.ProjectID, b)
		}),
		"projects.get_default": by(func(names, list) (*godo.Project, *godo.Response, error) {
			return c.Projects.GetDefault(ctx)
		}),
		"projects.list_resources": by(func(n names, o list) ([]godo.ProjectResource, *godo.Response, error) {
			return c.Projects.ListResources(ctx, n.ProjectID, o)
		}),
		"projects.assign_resources": as(func(
			n names, b *struct{ Resources []any },
		) ([]godo.ProjectResource, *godo.Response, error) {
			return c.Projects.AssignResources(ctx, n.ProjectID, b.Resources...)
		}),
		"projects.delete": silent(func(n names) (*godo.Response, error) {
			return c.Projects.Delete(ctx, n.ProjectID)
		}),
		"domains.list": by(func(_ names, o list) ([]godo.Domain, *godo.Response, error) {
			return c.Domains.List(ctx, o)
		}),
		"domains.create": as(func(_ names, b *godo.DomainCreateRequest) (*godo.Domain, *godo.Response, error) {
			return c.Domains.Create(ctx, b)
		}),
		"domains.create_record": as(func(
			n names, b *godo.DomainRecordEditRequest,
		) (*godo.DomainRecord, *godo.Response, error) {
			return c.Domains.CreateRecord(ctx, n.DomainName, b)
		}),
		"domains.update_record": as(func(
			n names, b *godo.DomainRecordEditRequest,
		) (*godo.DomainRecord, *godo.Response, error) {
			return c.Domains.EditRecord(ctx, n.DomainName, n.RecordID, b)
		}),
		"domains.list_records": by(func(n names, o list) ([]godo.DomainRecord, *godo.Response, error) {
			return c.Domains.Records(ctx, n.DomainName, o)
		}),
		"domains.delete": silent(func(n names) (*godo.Response, error) {
			return c.Domains.Delete(ctx, n.DomainName)
		}),
	}
}
