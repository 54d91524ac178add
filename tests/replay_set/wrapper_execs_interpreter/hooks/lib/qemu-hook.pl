use strict;
my ($vm, $op) = @ARGV;
my $inventory = "/var/lib/inventory/$ENV{HOOK_HOST}";
my %seen;

sub slurp {
    local @ARGV = ($inventory);
    return -e $inventory ? <> : ();
}
sub save {
    open(my $out, '>', "$inventory.new") or die "$inventory.new: $!\n";
    print $out map { "$_ $seen{$_}\n" } sort keys %seen;
    close $out;
    rename("$inventory.new", $inventory) or die "rename: $!\n";
}
for (slurp()) {
    my ($name, $state) = split;
    $seen{$name} = $state;
}
if ($op eq 'started') { $seen{$vm} = 'running'; save(); }
if ($op eq 'release') {
    my $why = $ARGV[3] || '-';
    $seen{$vm} = "off($why)";
    save();
    warn "$vm left $ENV{HOOK_HOST}\n" if $why eq 'migrated' || $why eq 'shutdown';
}
