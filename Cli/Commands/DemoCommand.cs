using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Demo;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt demo</c>: the main job on a real directory, with a server and two people.</summary>
internal static class DemoCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("demo", "Watch two people work on a copy of a directory, with a server of their own", "wt demo", "wt demo ~/projects/shop --keep");
        var directory = command.Take(new Argument<string?>("dir") { Description = "Any directory; it is copied, never changed. By default W0rktree's own sources", Arity = ArgumentArity.ZeroOrOne });
        var keep = command.Take(new Option<bool>("--keep") { Description = "Leave everything running, and the folder in place" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var source = context.Absolute(parse.GetValue(directory) ?? context.Environment.GetValueOrDefault("WT_DEMO_SOURCE") ?? context.Cwd);
            if (!Directory.Exists(source))
            {
                throw AgentException.Of(ErrorCodes.UnknownPath, $"There is no directory at {source}.", "Give one: wt demo DIR");
            }

            var programs = AppContext.BaseDirectory;
            var settings = new DemoSettings(
                Directory.CreateTempSubdirectory("wt-demo-").FullName, Path.Combine(programs, "wt"), Path.Combine(programs, "worktree-server"), context.Environment);
            await using var story = new DemoStory(settings, source, context.Terminal, context.Clock);
            return await story.RunAsync(parse.GetValue(keep), cancellationToken);
        });
    }
}
