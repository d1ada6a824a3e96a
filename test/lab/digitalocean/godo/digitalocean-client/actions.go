package main

import "github.com/digitalocean/godo"

// Bodies that godo makes of its calls' arguments.
type action struct {
	Type      string
	Name      string
	Size      string
	Disk      bool
	DropletID int `json:"droplet_id"`
	SizeGB    int `json:"size_gigabytes"`
}

type droplet struct {
	godo.DropletCreateRequest
	Image   any   `json:"image"`
	SSHKeys []any `json:"ssh_keys"`
}

// request has its image and its keys by number or by name, which godo keeps apart.
func (d *droplet) request() *godo.DropletCreateRequest {
	request := d.DropletCreateRequest
	if id, ok := d.Image.(float64); ok {
		request.Image.ID = int(id)
	} else {
		request.Image.Slug = d.Image.(string)
	}
	for _, key := range d.SSHKeys {
		if id, ok := key.(float64); ok {
			request.SSHKeys = append(request.SSHKeys, godo.DropletCreateSSHKey{ID: int(id)})
		} else {
			request.SSHKeys = append(request.SSHKeys, godo.DropletCreateSSHKey{Fingerprint: key.(string)})
		}
	}
	return &request
}

func dropletAction(c *godo.Client, id int, a *action) (*godo.Action, *godo.Response, error) {
	switch a.Type {
	case "power_off":
		return c.DropletActions.PowerOff(ctx, id)
	case "power_on":
		return c.DropletActions.PowerOn(ctx, id)
	case "reboot":
		return c.DropletActions.Reboot(ctx, id)
	case "resize":
		return c.DropletActions.Resize(ctx, id, a.Size, a.Disk)
	case "rename":
		return c.DropletActions.Rename(ctx, id, a.Name)
	case "snapshot":
		return c.DropletActions.Snapshot(ctx, id, a.Name)
	case "enable_ipv6":
		return c.DropletActions.EnableIPv6(ctx, id)
	}
	panic("godo's driver knows no action " + a.Type)
}

func volumeAction(c *godo.Client, id string, a *action) (*godo.Action, *godo.Response, error) {
	switch a.Type {
	case "attach":
		return c.StorageActions.Attach(ctx, id, a.DropletID)
	case "detach":
		return c.StorageActions.DetachByDropletID(ctx, id, a.DropletID)
	}
	return c.StorageActions.Resize(ctx, id, a.SizeGB, "nyc3")
}
