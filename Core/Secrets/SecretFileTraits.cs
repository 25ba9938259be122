using System.Text;

namespace W0rktree.Core.Secrets;

/// <summary>What a file's name says about where values stand in it.</summary>
/// <param name="IsConfig">It holds settings: names with values.</param>
/// <param name="IsEnvironment">It holds variables of an environment, where every value may be one.</param>
/// <param name="IsLockFile">It is written by a tool and full of checksums.</param>
internal readonly record struct SecretFileTraits(bool IsConfig, bool IsEnvironment, bool IsLockFile)
{
    private static readonly HashSet<string> s_configEndings = new(StringComparer.Ordinal)
    {
        "env", "ini", "cfg", "cnf", "conf", "config", "properties", "toml", "yaml", "yml", "json", "json5", "jsonc", "xml", "plist", "tfvars", "tfstate", "hcl",
        "npmrc", "pypirc", "netrc", "settings", "secrets", "credentials", "envrc", "service", "desktop", "reg", "runsettings", "pubxml", "publishsettings", "ovpn",
    };

    private static readonly HashSet<string> s_configNames = new(StringComparer.Ordinal)
    {
        "credentials", "config", ".npmrc", ".yarnrc", ".pypirc", ".netrc", "_netrc", ".dockercfg", ".dockerconfigjson", ".pgpass", ".my.cnf", ".s3cfg", ".boto", ".htpasswd",
        ".git-credentials", ".envrc", "kubeconfig", "web.config", "app.config", "dockerfile", "docker-compose.yml", "procfile", ".travis.yml",
    };

    private static readonly HashSet<string> s_lockNames = new(StringComparer.Ordinal)
    {
        "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "composer.lock", "cargo.lock", "poetry.lock", "pipfile.lock", "packages.lock.json", "project.assets.json",
        "go.sum", "go.work.sum", "gemfile.lock", "podfile.lock", "bun.lock", "deno.lock", "uv.lock", "flake.lock", "mix.lock", "pubspec.lock", "package.resolved",
    };

    /// <summary>Reads a path's last name.</summary>
    public static SecretFileTraits Of(ReadOnlySpan<byte> path)
    {
        var name = Encoding.UTF8.GetString(path[(path.LastIndexOf((byte)'/') + 1)..]).ToLowerInvariant();
        var ending = name[(name.LastIndexOf('.') + 1)..];
        var isEnvironment = name is ".env" or ".envrc" or "env" || name.StartsWith(".env.", StringComparison.Ordinal) || ending is "env";
        var isConfig = isEnvironment || s_configNames.Contains(name) || s_configEndings.Contains(ending);
        return new SecretFileTraits(isConfig, isEnvironment, s_lockNames.Contains(name) || ending is "lock" or "map");
    }
}
