using System.Security;

namespace W0rktree.Cli.Service;

/// <summary>The file by which a system's service manager knows the agent.</summary>
/// <param name="Path">Where it goes.</param>
/// <param name="Text">What stands in it.</param>
/// <param name="Start">The commands that make the service manager take it up, in their order.</param>
/// <param name="Stop">The commands that make it forget the service.</param>
internal sealed record ServiceFile(string Path, string Text, IReadOnlyList<string[]> Start, IReadOnlyList<string[]> Stop)
{
    private const string Unit = "worktree-worker.service";
    private const string Label = "com.w0rktree.worker";

    /// <summary>Gives the unit of systemd (systemd.unit(5)) for the user's own service manager.</summary>
    public static ServiceFile Systemd(string home, IReadOnlyDictionary<string, string> environment, string program)
    {
        var config = environment.TryGetValue("XDG_CONFIG_HOME", out var set) && System.IO.Path.IsPathFullyQualified(set) ? set : System.IO.Path.Combine(home, ".config");

        // 3: another agent of this user runs already, and starting it again would not help.
        var text = $"""
            [Unit]
            Description=W0rktree agent
            Documentation=man:wt-worker(1)

            [Service]
            Type=exec
            ExecStart={Quote(program)} --foreground
            Restart=on-failure
            RestartSec=5
            RestartPreventExitStatus=3
            TimeoutStopSec=20
            WorkingDirectory=/

            [Install]
            WantedBy=default.target

            """;
        return new ServiceFile(
            System.IO.Path.Combine(config, "systemd", "user", Unit), text,
            [["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", "--now", Unit]],
            [["systemctl", "--user", "disable", "--now", Unit], ["systemctl", "--user", "daemon-reload"]]);
    }

    /// <summary>Gives the property list of launchd (launchd.plist(5)) for the user's session.</summary>
    public static ServiceFile Launchd(string home, string program, string log, long user)
    {
        var path = System.IO.Path.Combine(home, "Library", "LaunchAgents", $"{Label}.plist");
        var text = $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
              <key>Label</key>
              <string>{Label}</string>
              <key>ProgramArguments</key>
              <array>
                <string>{SecurityElement.Escape(program)}</string>
                <string>--foreground</string>
              </array>
              <key>RunAtLoad</key>
              <true/>
              <key>KeepAlive</key>
              <dict>
                <key>SuccessfulExit</key>
                <false/>
              </dict>
              <key>ThrottleInterval</key>
              <integer>5</integer>
              <key>ExitTimeOut</key>
              <integer>20</integer>
              <key>WorkingDirectory</key>
              <string>/</string>
              <key>StandardErrorPath</key>
              <string>{SecurityElement.Escape(log)}</string>
            </dict>
            </plist>

            """;
        return new ServiceFile(path, text, [["launchctl", "bootstrap", $"gui/{user}", path]], [["launchctl", "bootout", $"gui/{user}/{Label}"]]);
    }

    /// <summary>Quotes a path for a command line of a unit: backslash, quote, and the signs that systemd expands.</summary>
    private static string Quote(string path)
    {
        var escaped = path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return escaped.AsSpan().ContainsAny(' ', '"', '\'') ? $"\"{escaped}\"" : escaped;
    }
}
