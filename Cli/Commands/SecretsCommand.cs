using System.CommandLine;
using System.Text;
using W0rktree.Core.Secrets;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt debug secrets</c>: what the rules say about files, without an agent.</summary>
internal static class SecretsCommand
{
    /// <summary>Files in, as arguments or lines; <c>path TAB line TAB rule</c> out, line 0 for the file as a whole.</summary>
    public static WtCommand Create(CommandContext context)
    {
        var command = new WtCommand("secrets", "Read names of files, write what would be held back and why", "wt debug secrets .env", "git ls-files | wt debug secrets");
        var files = command.Take(new Argument<string[]>("files") { Description = "Files; without any, their names on stdin", Arity = ArgumentArity.ZeroOrMore });
        return command.Run(async (parse, cancellationToken) =>
        {
            foreach (var file in parse.GetValue(files)!)
            {
                await LookAsync(context, file, cancellationToken);
            }

            while (parse.GetValue(files) is [] && await Console.In.ReadLineAsync(cancellationToken) is { } line)
            {
                await LookAsync(context, line, cancellationToken);
            }
        });
    }

    private static async Task LookAsync(CommandContext context, string file, CancellationToken cancellationToken)
    {
        var path = context.Absolute(file);
        if (!File.Exists(path))
        {
            return; // A submodule, a broken link, a directory: nothing that would be sent as content.
        }

        var content = await File.ReadAllBytesAsync(path, cancellationToken);
        var name = Encoding.UTF8.GetBytes(file);
        if (HeldFiles.Find(name, content.AsSpan(0, Math.Min(content.Length, HeldFiles.HeadBytes)), content.Length) is { } kind)
        {
            await context.Terminal.Output.WriteLineAsync($"{file}\t0\t{kind}");
        }

        foreach (var finding in SecretScanner.Scan(name, content))
        {
            await context.Terminal.Output.WriteLineAsync($"{file}\t{finding.Line}\t{finding.Rule}");
        }
    }
}
