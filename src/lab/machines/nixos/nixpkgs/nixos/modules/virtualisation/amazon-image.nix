# Stand-in for what makes NixOS an EC2 instance: the lab's machines boot without it.
{ ... }: { services.openssh.enable = true; }
