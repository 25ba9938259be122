namespace W0rktree.Cli.Output;

/// <summary>Takes the lines of an answer for people. A class and not an interface: what calls it in a process of milliseconds looks no method up.</summary>
public abstract class Lines
{
    /// <summary>Gets how text is coloured.</summary>
    public abstract Style Style { get; }

    /// <summary>Takes a line.</summary>
    public abstract void Line(string text);
}
