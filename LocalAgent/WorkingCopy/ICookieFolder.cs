namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>The folder inside <c>.wt/state</c> whose new files the watcher reports as cookies.</summary>
public interface ICookieFolder
{
    /// <summary>Makes an empty file. Gives false where that is not possible.</summary>
    bool TryCreate(ReadOnlySpan<byte> name);

    /// <summary>Removes it again, if it is there.</summary>
    void Remove(ReadOnlySpan<byte> name);
}
