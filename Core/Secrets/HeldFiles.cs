using System.Buffers.Binary;
using System.Text;

namespace W0rktree.Core.Secrets;

/// <summary>Tells files that seldom belong into history: by their first bytes, and by name where bytes say nothing. Stateless.</summary>
public static class HeldFiles
{
    /// <summary>How many first bytes are needed: a CD image says what it is at 32,769.</summary>
    public const int HeadBytes = 33 * 1024;

    public const string Database = "database";
    public const string CoreDump = "core-dump";
    public const string Archive = "archive";
    public const string DiskImage = "disk-image";
    public const string KeyStore = "key-store";
    public const string Large = "large-file";

    /// <summary>A raw image has no first bytes of its own; smaller ones of that name are mostly something else.</summary>
    private const long LeastRawImage = 1024 * 1024;

    // Documents, packages of a platform and pictures that are zip or gzip inside; nobody means an archive by them.
    private static readonly HashSet<string> s_containers = new(StringComparer.Ordinal)
    {
        "docx", "xlsx", "pptx", "dotx", "xltx", "potx", "docm", "xlsm", "pptm", "vsdx", "odt", "ods", "odp", "odg", "odf", "ott", "epub", "xps", "oxps", "jar", "war", "ear", "aar", "apk", "ipa",
        "nupkg", "snupkg", "vsix", "xpi", "crx", "whl", "egg", "sketch", "fig", "kra", "xd", "3mf", "usdz", "kmz", "pbix", "ggb", "svgz", "emz", "wmz", "vcz", "mdzip", "npz", "pptz", "mo", "blend", "rds", "rdata", "fls", "ora",
    };

    private static readonly HashSet<string> s_archives = new(StringComparer.Ordinal) { "zip", "tar", "tgz", "gz", "bz2", "tbz", "tbz2", "xz", "txz", "zst", "tzst", "7z", "rar", "cab", "lz4", "lzma", "lz", "cpio", "deb", "rpm", "xar", "pkg", "zipx", "ace", "arj" };
    private static readonly HashSet<string> s_images = new(StringComparer.Ordinal) { "iso", "vmdk", "vdi", "vhd", "vhdx", "qcow", "qcow2", "dmg", "ova", "squashfs", "wim" };
    private static readonly HashSet<string> s_databases = new(StringComparer.Ordinal) { "sqlite", "sqlite3", "db3", "mdb", "accdb", "mdf", "ldf", "ibd", "frm", "myd", "myi", "rdb", "duckdb", "fdb", "gdb", "realm", "ndf" };
    private static readonly HashSet<string> s_keyStores = new(StringComparer.Ordinal) { "p12", "pfx", "jks", "keystore", "kdbx", "kdb", "keytab", "bks", "ppk" };

    /// <summary>Gets the kinds with what they are, for people. All but key stores and large files can be told apart from secrets: they are held only while new.</summary>
    public static IReadOnlyDictionary<string, string> Kinds { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Database] = "database",
        [CoreDump] = "memory of a program",
        [Archive] = "archive",
        [DiskImage] = "image of a disk",
        [KeyStore] = "store of keys or passwords",
        [Large] = "large file",
    };

    /// <summary>Gives the kind of a file, or null for an ordinary one.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="head">Its first <see cref="HeadBytes"/> bytes, or all where it has fewer.</param>
    /// <param name="sizeBytes">Its size.</param>
    public static string? Find(ReadOnlySpan<byte> path, ReadOnlySpan<byte> head, long sizeBytes)
    {
        var name = Encoding.UTF8.GetString(path[(path.LastIndexOf((byte)'/') + 1)..]).ToLowerInvariant();
        var ending = name[(name.LastIndexOf('.') + 1)..];
        if (sizeBytes == 0)
        {
            return null;
        }

        return ByBytes(head) switch
        {
            Archive when s_containers.Contains(ending) => null,
            { } kind => kind,
            null => ByName(name, ending, head, sizeBytes),
        };
    }

    private static string? ByBytes(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("SQLite format 3\0"u8) || head.StartsWith("PGDMP"u8) || head.StartsWith("-- MySQL dump"u8) || head.StartsWith("-- MariaDB dump"u8) || head.StartsWith("--\n-- PostgreSQL database dump"u8)
            || At(head, 4, "Standard Jet DB"u8) || At(head, 4, "Standard ACE DB"u8) || (head.StartsWith("REDIS0"u8) && head.Length > 9) || At(head, 8, "DUCK"u8) || IsBerkeley(head))
        {
            return Database;
        }

        if (IsElfCore(head) || head.StartsWith("MDMP"u8) || head.StartsWith("PAGEDUMP"u8) || head.StartsWith("PAGEDU64"u8) || head.StartsWith("JAVA PROFILE 1.0"u8) || IsMachCore(head))
        {
            return CoreDump;
        }

        if (Starts(head, [0x51, 0x46, 0x49, 0xFB]) || head.StartsWith("KDMV"u8) || head.StartsWith("# Disk DescriptorFile"u8) || head.StartsWith("conectix"u8) || head.StartsWith("vhdxfile"u8)
            || head.StartsWith("<<< Oracle VM VirtualBox Disk Image"u8) || At(head, 32_769, "CD001"u8) || head.StartsWith("hsqs"u8) || head.StartsWith("MSWIM\0\0\0"u8) || IsExt(head))
        {
            return DiskImage;
        }

        if (Starts(head, [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0]) || Starts(head, [0xCE, 0xCE, 0xCE, 0xCE, 0, 0, 0]) || Starts(head, [0x03, 0xD9, 0xA2, 0x9A]))
        {
            return KeyStore;
        }

        return IsArchive(head) ? Archive : null;
    }

    private static string? ByName(string name, string ending, ReadOnlySpan<byte> head, long sizeBytes)
    {
        // A text of that name is a note about such a file, or a test's expectation.
        var isText = !head.Contains((byte)0);
        return s_keyStores.Contains(ending) && !isText ? KeyStore
            : s_databases.Contains(ending) && !isText ? Database
            : ending is "hprof" or "mdmp" or "dmp" && !isText ? CoreDump
            : (s_images.Contains(ending) && !isText) || (ending is "img" or "raw" && !isText && sizeBytes >= LeastRawImage) ? DiskImage
            : s_archives.Contains(ending) && !isText ? Archive
            : null;
    }

    private static bool IsArchive(ReadOnlySpan<byte> head) =>
        head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8) || Starts(head, [0x1F, 0x8B, 0x08]) || (head.StartsWith("BZh"u8) && At(head, 4, "1AY&SY"u8))
        || Starts(head, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) || Starts(head, [0x28, 0xB5, 0x2F, 0xFD]) || Starts(head, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) || head.StartsWith("Rar!\u001a\u0007"u8)
        || At(head, 257, "ustar"u8) || Starts(head, [0x04, 0x22, 0x4D, 0x18]) || head.StartsWith("LZIP\u0001"u8) || head.StartsWith("MSCF\0\0\0\0"u8) || Starts(head, [0xED, 0xAB, 0xEE, 0xDB])
        || head.StartsWith("xar!"u8) || head.StartsWith("070701"u8) || head.StartsWith("070702"u8) || head.StartsWith("!<arch>\ndebian-binary"u8);

    private static bool IsElfCore(ReadOnlySpan<byte> head) =>
        head.Length >= 18 && head.StartsWith("\u007fELF"u8) && (head[5] == 2 ? BinaryPrimitives.ReadUInt16BigEndian(head[16..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[16..])) == 4;

    private static bool IsMachCore(ReadOnlySpan<byte> head) =>
        head.Length >= 16 && (Starts(head, [0xCF, 0xFA, 0xED, 0xFE]) || Starts(head, [0xCE, 0xFA, 0xED, 0xFE])) && BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) == 4;

    // The magic of db.h stands at 12, in the byte order of the machine that wrote it: hash, btree, queue.
    private static bool IsBerkeley(ReadOnlySpan<byte> head) =>
        head.Length >= 16 && (BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) is 0x061561 or 0x053162 or 0x042253 || BinaryPrimitives.ReadUInt32BigEndian(head[12..]) is 0x061561 or 0x053162 or 0x042253);

    // The superblock of ext2 to ext4 stands at 1,024: magic, then the state (1, 2 or 4) and what to do on errors (1 to 3).
    private static bool IsExt(ReadOnlySpan<byte> head) =>
        head.Length >= 1100 && head[1080] == 0x53 && head[1081] == 0xEF && head[1082] is 1 or 2 or 4 && head[1083] == 0 && head[1084] is >= 1 and <= 3 && head[1085] == 0;

    private static bool At(ReadOnlySpan<byte> head, int offset, ReadOnlySpan<byte> magic) => head.Length >= offset + magic.Length && head.Slice(offset, magic.Length).SequenceEqual(magic);

    private static bool Starts(ReadOnlySpan<byte> head, ReadOnlySpan<byte> magic) => head.StartsWith(magic);
}
