namespace W0rktree.Storage;

/// <summary>The files of a store (docs/format/journal.md).</summary>
internal sealed record StoreLayout(string Folder)
{
    public const string FormatLine = "w0rktree store 1\n";

    public string Format => Path.Combine(Folder, "format");

    public string Lock => Path.Combine(Folder, "lock");

    public string Journal => Path.Combine(Folder, "journal");

    public string Packs => Path.Combine(Folder, "packs");

    public string State => Path.Combine(Folder, "state");

    /// <summary>What could not be read and is no longer needed; nobody looks there but people.</summary>
    public string Damaged => Path.Combine(Folder, "damaged");

    /// <summary>The reflog stands beside the checkpoints that say how far it counts.</summary>
    public string Reflog => State;

    /// <summary>What nothing refers to and since when (docs/format/garbage.md).</summary>
    public string Garbage => Path.Combine(State, "garbage.wtg");

    public IEnumerable<string> Folders => [Journal, Packs, State];
}
