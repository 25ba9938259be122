using System.Text.Json;

namespace W0rktree.Cli.Demo;

/// <summary>One of the two people: a HOME, a runtime directory, an agent and a working copy of their own.</summary>
internal sealed class DemoPerson
{
    private readonly DemoSettings _settings;
    private readonly IReadOnlyDictionary<string, string> _environment;

    public DemoPerson(DemoSettings settings, string name, string displayName)
    {
        _settings = settings;
        Name = name;
        DisplayName = displayName;
        Home = Path.Combine(settings.Folder, name);
        Work = Path.Combine(Home, "work");
        var runtime = Path.Combine(Home, "run");
        Directory.CreateDirectory(Home);
        PrivateFolder.Create(runtime);
        _environment = settings.EnvironmentFor(Home, runtime);
    }

    /// <summary>Gets the account's name.</summary>
    public string Name { get; }

    /// <summary>Gets the name that people see.</summary>
    public string DisplayName { get; }

    /// <summary>Gets the home directory.</summary>
    public string Home { get; }

    /// <summary>Gets the working copy.</summary>
    public string Work { get; set; }

    /// <summary>Runs <c>wt</c> and gives how it ended, whatever that is.</summary>
    public Task<ChildResult> TryAsync(string? input, string[] arguments, CancellationToken cancellationToken) =>
        Child.RunAsync(Prepare(arguments), input, cancellationToken);

    /// <summary>Runs <c>wt … --json</c>, which must succeed, and gives its answer.</summary>
    public async Task<JsonElement> AskAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var result = await TryAsync(null, [.. arguments, "--json"], cancellationToken);
        return result.ExitCode == 0 ? Parse(result, arguments) : throw new DemoException($"{Name}: 'wt {string.Join(' ', arguments)}' ended with {result.ExitCode}: {result.Output.Trim()} {result.Error.Trim()}");
    }

    /// <summary>Runs <c>wt … --json</c>, which must be refused with this exit code, and gives the error.</summary>
    public async Task<JsonElement> ExpectRefusalAsync(int exitCode, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await TryAsync(null, [.. arguments, "--json"], cancellationToken);
        return result.ExitCode == exitCode
            ? Parse(result, arguments).GetProperty("error")
            : throw new DemoException($"{Name}: 'wt {string.Join(' ', arguments)}' ended with {result.ExitCode} instead of {exitCode}: {result.Output.Trim()} {result.Error.Trim()}");
    }

    /// <summary>Signs up, with the password on standard input.</summary>
    public async Task RegisterAsync(string server, CancellationToken cancellationToken)
    {
        var result = await TryAsync(
            $"a long enough password of {Name}",
            ["login", server, "--register", "--user", Name, "--email", $"{Name}@example.org", "--name", DisplayName, "--password-stdin", "--json"],
            cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new DemoException($"{Name} cannot register: {result.Output.Trim()} {result.Error.Trim()}");
        }
    }

    /// <summary>Starts to follow events.</summary>
    public EventTail Watch() => EventTail.Start(Prepare(["staged", "watch", "--json"]));

    /// <summary>Prepares a <c>wt</c> process as this person, standing in the working copy where there is one.</summary>
    private System.Diagnostics.ProcessStartInfo Prepare(IEnumerable<string> arguments) =>
        Child.Prepare(_settings.Program, _environment, Directory.Exists(Work) ? Work : Home, arguments);

    private static JsonElement Parse(ChildResult result, string[] arguments)
    {
        // Streams answer in several lines; the last object is the one that counts.
        var line = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [.., var last] ? last : throw new DemoException($"'wt {string.Join(' ', arguments)}' said nothing.");
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }
}
