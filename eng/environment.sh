# Sourced by ./wt and ./test.sh: what dotnet needs to run quietly and to be found by the programs that are built.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1

# The apphosts look for the runtime in DOTNET_ROOT and in the system's places, not on the PATH.
if [ -z "${DOTNET_ROOT:-}" ] && dotnet=$(command -v dotnet); then
  DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet")")
  export DOTNET_ROOT
fi

# The SDK and NuGet want a home of their own; without a usable one they get a place in the checkout.
if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-/}" ]; then
  export DOTNET_CLI_HOME=$root/artifacts/home NUGET_PACKAGES=$root/artifacts/home/packages NUGET_SCRATCH=$root/artifacts/home/scratch
fi
