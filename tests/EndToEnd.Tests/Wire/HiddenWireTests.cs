using System.Text;
using W0rktree.Core.Identity;
using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Wire;

/// <summary>
/// A developer without right to a folder works for a while with the real agent: every byte that the server sent them is searched for
/// anything of it, while the same search finds it in what an administrator was sent.
/// </summary>
public sealed class HiddenWireTests
{
    private const string Plan = "the whole plan of the operation";

    private const string Policies = """
        [[policy]]
        name = "closed"
        effect = "deny"
        subjects = [{ role = "developer" }]
        scope = { path = "hushed-folder/" }
        permissions = ["tree:read", "tree:write"]
        [[policy]]
        name = "rules"
        effect = "deny"
        subjects = [{ role = "developer" }]
        scope = { path = ".wt/access/" }
        permissions = ["tree:read"]
        """;

    private const string Zoe = "zoe-of-the-launch";

    // Names, contents, a message, a branch and an account that have to do with the folder alone.
    private static readonly string[] Hidden = ["hushed-folder", "launch-plan", Plan, "second plan", "zoes-plan", "about the launch", "covert-line", Zoe];

    [Fact]
    public async Task Nothing_of_a_hidden_folder_is_on_the_wire_of_who_may_not_read_it_and_their_push_keeps_it()
    {
        var (scene, ada) = await Scene.PushedAsync(("src/app.txt", "1\n"), ("hushed-folder/launch-plan.txt", Plan), ("hushed-folder/deep/er.txt", "deeper"), (".wt/access/policies.toml", Policies));
        await using var ends = scene;
        await using var closed = new CapturingProxy(scene.Server.Url);
        await using var open = new CapturingProxy(scene.Server.Url);
        var bob = await JoinAsync(scene, ada, closed, "bob", "developer");
        var zoe = await JoinAsync(scene, ada, open, Zoe, "admin");
        Assert.False(Directory.Exists(Path.Combine(bob.Work, "hushed-folder")));
        Assert.Equal(Plan, zoe.Read("hushed-folder/launch-plan.txt"));

        // Hidden work that is staged, meets other hidden work, and is pushed with its message.
        await using var watch = bob.Watch();
        await watch.SubscribedAsync();
        await zoe.AskAsync("branch", "create", "covert-line", "--switch");
        zoe.Write("hushed-folder/launch-plan.txt", "zoes-plan");
        await zoe.AskAsync("sync", "now");
        ada.Write("hushed-folder/launch-plan.txt", "second plan");
        await ada.AskAsync("snapshot", "-m", "about the launch");
        await ada.AskAsync("sync", "now");
        await ada.AskAsync("push");
        ada.Write("src/app.txt", "2\n");
        await ada.AskAsync("push", "-m", "Open work");
        await watch.NextAsync(seen => seen.Type == "branch_moved", "the branch moved");
        await bob.AskAsync("staged", "list");
        await bob.AskAsync("pull");
        Assert.Equal("2\n", bob.Read("src/app.txt"));
        var archive = Path.Combine(bob.Home, "all.tar");
        foreach (var command in new[] { new[] { "log" }, ["show", "main@server"], ["diff", "--from", "main@server~1", "--to", "main@server"], ["branch", "list"], ["status"], ["doctor"], ["archive", "main@server", "-o", archive] })
        {
            var ran = await bob.TryAsync(command);
            Assert.True(ran.ExitCode == 0, ran.ToString());
            Assert.All(Hidden, word => Assert.False(ran.Output.Contains(word, StringComparison.Ordinal), $"wt {string.Join(' ', command)} tells of '{word}': {ran.Output}"));
        }

        var archived = File.ReadAllBytes(archive);
        Assert.True(archived.AsSpan().IndexOf("src/app.txt"u8) >= 0);
        Assert.All(Hidden, word => Assert.True(archived.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) < 0, $"The archive tells of '{word}'."));
        bob.Write("src/app.txt", "bob's\n");
        bob.Write("src/new.txt", "new\n");
        Assert.Equal("pushed", (await bob.AskAsync("push", "-m", "Beside it")).GetProperty("outcome").GetString());
        await ada.AskAsync("pull");
        Assert.Equal(("bob's\n", "new\n", "second plan", "deeper"), (ada.Read("src/app.txt"), ada.Read("src/new.txt"), ada.Read("hushed-folder/launch-plan.txt"), ada.Read("hushed-folder/deep/er.txt")));

        Assert.True(closed.ReceivedCount > 0);
        foreach (var word in Hidden)
        {
            Assert.False(closed.Received(word), $"'{word}' was sent to who may not know of it.");
        }

        foreach (var content in new[] { Plan, "second plan", "zoes-plan", "deeper" })
        {
            var hash = ContentHash.OfContent(Encoding.UTF8.GetBytes(content));
            Assert.False(closed.Received(hash.ToArray()) || closed.Received(hash.ToString()), $"The hash of '{content}' was sent to who may not know of it.");
        }

        // The same search over the same kind of wire finds what is there.
        foreach (var word in new[] { "hushed-folder", "launch-plan", Plan, Zoe })
        {
            Assert.True(open.Received(word), $"The search does not find '{word}' where it was sent.");
        }

        Assert.True(open.Received(ContentHash.OfContent(Encoding.UTF8.GetBytes(Plan)).ToArray()));
    }

    private static async Task<Person> JoinAsync(Scene scene, Person owner, CapturingProxy proxy, string name, string role)
    {
        var person = scene.Add(name);
        await person.RegisterAsync(proxy.Url);
        Directory.CreateDirectory(person.Work);
        await owner.AskAsync("tenant", "add", Scene.Team, name, "--role", role);
        await person.AskAsync("clone", $"{proxy.Url}/{Scene.Team}/{Scene.Worktree}", person.Work);
        return person;
    }
}
