using W0rktree.Cli.Output;

namespace W0rktree.Cli.Demo;

/// <summary>Tells the story: chapters, what each person does, what each sees, with the time since the beginning.</summary>
internal sealed class Narrator(Terminal terminal, TimeProvider clock)
{
    private readonly Style _style = new(terminal.UseColor);
    private readonly long _started = clock.GetTimestamp();
    private int _chapter;

    /// <summary>Begins a chapter.</summary>
    public void Chapter(string title)
    {
        _chapter++;
        Write("");
        Write(_style.Bold($"{_chapter}. {title}") + _style.Dim($"  [{clock.GetElapsedTime(_started).TotalSeconds:N1} s]"));
    }

    /// <summary>Says what somebody does.</summary>
    public void Does(string who, string what) => Write($"   {_style.Cyan(who)} {what}");

    /// <summary>Says what somebody sees.</summary>
    public void Sees(string who, string what) => Write($"   {_style.Dim("->")} {who} sees: {_style.Green(what)}");

    /// <summary>Says something beside the story.</summary>
    public void Note(string text) => Write($"   {_style.Dim(text)}");

    /// <summary>Says that it went wrong.</summary>
    public void Fail(string text) => Write($"   {_style.Red("FAILED:")} {text}");

    /// <summary>Writes a line.</summary>
    public void Write(string line)
    {
        terminal.Output.WriteLine(line);
        terminal.Output.Flush();
    }
}
