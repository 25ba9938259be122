using System.Text.Encodings.Web;
using System.Text.Json;
using W0rktree.Grains.Access.Policies.Cases;

namespace W0rktree.Silo.Commands;

/// <summary>Decides access cases, one JSON object a line, with the function that the server enforces: no server, no data.</summary>
internal static class DebugAccessCommand
{
    // Rules are named in quotes; nobody puts these lines into a web page.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers every line with one line.</summary>
    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        while (await input.ReadLineAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                await output.WriteLineAsync(Answer(line));
            }
        }

        return 0;
    }

    private static string Answer(string line)
    {
        if (!AccessCase.Parse(line).TryGet(out var read, out var unreadable))
        {
            return JsonSerializer.Serialize(new { Error = new { unreadable.Code, unreadable.Message } }, Options);
        }

        return read.Decide(out var problem).TryGet(out var verdict, out _)
            ? JsonSerializer.Serialize(new { Decision = verdict.IsAllowed ? "allow" : "deny", verdict.Because }, Options)
            : JsonSerializer.Serialize(new { Error = problem }, Options);
    }
}
