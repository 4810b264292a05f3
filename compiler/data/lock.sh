#!/bin/sh
# Renews the lock file that the compiler carries (Cargo.lock beside this script)
# with ordinary cargo: the runtime with all features, and the SDK crates of the
# services below, everything in its newest version.
set -eu

# The services that actions other than executeAwsApi call, those that find targets, and ECS.
services="cloudformation ec2 ecs lambda resourcegroups resourcegroupstagging sfn sns ssm sts"

data=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir "$folder/src"
: >"$folder/src/lib.rs"
{
    printf '[package]\nname = "carried"\nversion = "0.0.0"\nedition = "2024"\n\n'
    printf '[workspace]\n\n[dependencies]\n'
    printf 'runbook-runtime = { path = "%s", features = ["aws", "cli", "journal", "script"] }\n' "$data/../../runtime"
    for service in $services; do
        printf 'aws-sdk-%s = { version = "1", default-features = false, features = ["rt-tokio"] }\n' "$service"
    done
} >"$folder/Cargo.toml"

cargo generate-lockfile --manifest-path "$folder/Cargo.toml"
# Host names of AWS need no Unicode tables of ICU, which are twenty crates: this version of the adapter has smaller ones.
cargo update --manifest-path "$folder/Cargo.toml" --package idna_adapter --precise 1.1.0
mv "$folder/Cargo.lock" "$data/Cargo.lock"
