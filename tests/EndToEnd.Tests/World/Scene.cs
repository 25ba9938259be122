namespace W0rktree.EndToEnd.Tests.World;

/// <summary>A server and people in one temporary folder, all of which end with the test.</summary>
internal sealed class Scene : IAsyncDisposable
{
    public const string Team = "acme";
    public const string Worktree = "shop";

    private readonly List<Person> _people = [];

    private Scene()
    {
        // Short, because a socket's path has 107 bytes.
        Folder = Directory.CreateTempSubdirectory("wt-e2e-").FullName;
        Server = new Server(Path.Combine(Folder, "server"));
    }

    public string Folder { get; }

    public Server Server { get; }

    /// <summary>Starts with nobody and nothing running.</summary>
    public static Scene Empty() => new();

    /// <summary>Starts with a server, and one person who has pushed some files.</summary>
    public static async Task<(Scene Scene, Person Ada)> PushedAsync(params (string Path, string Text)[] files)
    {
        var scene = new Scene();
        try
        {
            return (scene, await scene.BeginAsync(files));
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts with a server, one person who has pushed, and a second one who has cloned.</summary>
    public static async Task<(Scene Scene, Person Ada, Person Bob)> SharedAsync(params (string Path, string Text)[] files)
    {
        var (scene, ada) = await PushedAsync(files);
        try
        {
            return (scene, ada, await scene.JoinAsync(ada, "bob"));
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets somebody new into the team, who clones.</summary>
    public async Task<Person> JoinAsync(Person owner, string name, string role = "developer")
    {
        var person = await RegisteredAsync(name);
        await owner.AskAsync("tenant", "add", Team, name, "--role", role);
        await person.AskAsync("clone", $"{Server.Url}/{Team}/{Worktree}", person.Work);
        return person;
    }

    public Person Add(string name)
    {
        var person = new Person(Folder, name) { Server = Server };
        _people.Add(person);
        return person;
    }

    public Task<Person> RegisteredAsync(string name) => RegisteredAsync(name, Server.Url);

    /// <summary>Registers somebody who knows the server by another address.</summary>
    public async Task<Person> RegisteredAsync(string name, string url)
    {
        var person = Add(name);
        await person.RegisterAsync(url);
        Directory.CreateDirectory(person.Work);
        return person;
    }

    private async Task<Person> BeginAsync((string Path, string Text)[] files)
    {
        await Server.StartAsync();
        var ada = await RegisteredAsync("ada");
        await ada.AskAsync("tenant", "create", Team);
        foreach (var (path, text) in files)
        {
            ada.Write(path, text);
        }

        await ada.AskAsync("init", "--owner", Team, "--name", Worktree);
        await ada.AskAsync("push", "-m", "Begin");
        return ada;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in _people)
        {
            await person.DisposeAsync();
        }

        await Server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
