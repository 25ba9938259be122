namespace W0rktree.Storage.Packs;

/// <summary>How hard it is tried to make a pack small. The numbers are part of the format.</summary>
public enum PackEffort : byte
{
    /// <summary>For the background: a core packs some 60 MB of source text a second.</summary>
    Quick = 0,

    /// <summary>For a collection that was asked for: about as long as git takes for <c>gc --aggressive</c>.</summary>
    Thorough = 1,
}
