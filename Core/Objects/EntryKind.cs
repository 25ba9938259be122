namespace W0rktree.Core.Objects;

/// <summary>Tells what an entry of a directory is. The numbers are part of the format.</summary>
public enum EntryKind : byte
{
    /// <summary>A file that is not executable.</summary>
    File = 1,

    /// <summary>A file with its executable bit set.</summary>
    Executable = 2,

    /// <summary>A symbolic link; the hash names its target's bytes.</summary>
    Symlink = 3,

    /// <summary>A directory; the size is 0.</summary>
    Directory = 4,

    /// <summary>A nested tree: the hash is the snapshot it stands at, the field <see cref="EntryField.NestedTree"/> its id.</summary>
    NestedTree = 5,

    /// <summary>A link into another system, such as a git submodule; the field <see cref="EntryField.ForeignTarget"/> says where.</summary>
    ForeignLink = 6,
}

/// <summary>Tells about kinds of entries.</summary>
public static class EntryKinds
{
    extension(EntryKind kind)
    {
        /// <summary>Gets whether the hash names content: a file of either mode or a symlink.</summary>
        public bool HasContent => kind is EntryKind.File or EntryKind.Executable or EntryKind.Symlink;

        /// <summary>Gets whether this is a regular file of either mode.</summary>
        public bool IsFile => kind is EntryKind.File or EntryKind.Executable;
    }
}
