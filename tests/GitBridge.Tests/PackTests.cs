using W0rktree.GitBridge.Tests.Support;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Packs;
using W0rktree.LocalAgent.Git.Process;

namespace W0rktree.GitBridge.Tests;

/// <summary>Reads packs that git wrote. The oracle is in the names: each is the hash of type, length and bytes.</summary>
public sealed class PackTests
{
    private const long Kept = 1 << 20;

    [Theory]
    [InlineData("repack.useDeltaBaseOffset=true", 50)]
    [InlineData("repack.useDeltaBaseOffset=false", 50)]
    [InlineData("repack.useDeltaBaseOffset=true", 4095)]
    public async Task Every_object_of_a_pack_comes_out_as_git_names_it(string setting, int depth)
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = Made(bridge, 31);
        git.Run("-c", setting, "repack", "-adfq", $"--depth={depth}", "--window=50");
        var objects = Objects(git);
        using var packs = PackedRepository.Open(git.Folder);
        foreach (var kept in new[] { Kept, 0 })
        {
            var packed = new PackedObjects(packs, new ArrayRoom(), kept);
            Assert.All(objects, id => Assert.Equal(id, NameOf(packed, id)));
        }

        Assert.True(objects.Count > 300, $"only {objects.Count} objects");
        Assert.Contains("chain length", git.Run("verify-pack", "-v", Directory.GetFiles(Path.Combine(git.Folder, "objects", "pack"), "*.idx").Single()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_pack_has_or_a_pack_does_not_give_is_asked_of_git()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = Made(bridge, 32, commits: 30);
        git.Run("repack", "-adfq");
        git.Feed(new MadeTextHistory(32).Make(40), "fast-import", "--quiet", "--force");
        using var packs = PackedRepository.Open(git.Folder);
        await using var source = new GitObjectSource(new GitProgram(git.Folder), new PackedObjects(packs, new ArrayRoom(), Kept));
        var objects = Objects(git).Append(Id(git.Object("blob", "loose\n"))).ToList();
        var read = new List<GitId>();
        await foreach (var found in source.ReadAsync(objects, default))
        {
            read.Add(GitId.Of(found.Type, found.Bytes.AsSpan(0, found.Length)));
        }

        Assert.Equal(objects, read);
    }

    [Fact]
    public async Task A_damaged_pack_gives_what_was_in_it_or_nothing()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = Made(bridge, 34, commits: 12);
        git.Run("repack", "-adfq");
        var objects = Objects(git);
        var file = Directory.GetFiles(Path.Combine(git.Folder, "objects", "pack"), "*.pack").Single();
        var whole = await File.ReadAllBytesAsync(file);
        new FileInfo(file).IsReadOnly = false;
        var refused = 0;
        for (var at = 12; at < whole.Length; at += 9 + (at % 7))
        {
            var damaged = whole.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(file, damaged);
            using var packs = PackedRepository.Open(git.Folder);
            var packed = new PackedObjects(packs, new ArrayRoom(), Kept);
            foreach (var id in objects)
            {
                var name = NameOf(packed, id);
                Assert.True(name is null || name == id, $"byte {at}: {id} came out as {name}");
                refused += name is null ? 1 : 0;
            }
        }

        Assert.True(refused > 0);
        foreach (var length in new[] { 0, 11, 40, whole.Length / 2, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(file, whole.AsMemory(0, length));
            using var packs = PackedRepository.Open(git.Folder);
            var packed = new PackedObjects(packs, new ArrayRoom(), Kept);
            Assert.All(objects, id => Assert.True(NameOf(packed, id) is not { } name || name == id));
        }
    }

    [Fact]
    public async Task An_index_that_is_cut_or_changed_names_nothing_outside_the_pack()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = Made(bridge, 35, commits: 5);
        git.Run("repack", "-adfq");
        var index = Directory.GetFiles(Path.Combine(git.Folder, "objects", "pack"), "*.idx").Single();
        var whole = await File.ReadAllBytesAsync(index);
        var packBytes = new FileInfo(Path.ChangeExtension(index, ".pack")).Length;
        Assert.NotNull(PackNames.TryParse(whole, packBytes));
        Assert.All(Enumerable.Range(0, whole.Length).Where(length => length % 13 == 0), length => Assert.Null(PackNames.TryParse(whole[..length], packBytes)));
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x80;
            if (PackNames.TryParse(damaged, packBytes) is { } names)
            {
                Assert.All(Objects(git), id => Assert.InRange(names.Find(id), -1, packBytes));
            }

            at += at > 1100 ? 6 : 0;
        }
    }

    [Theory]
    [InlineData(new byte[] { 3, 4, 0x90, 3, 1, 9 }, new byte[] { 1, 2, 3 }, new byte[] { 1, 2, 3, 9 })]
    [InlineData(new byte[] { 3, 2, 0x91, 1, 2 }, new byte[] { 1, 2, 3 }, new byte[] { 2, 3 })]
    [InlineData(new byte[] { 3, 2, 0x91, 2, 2 }, new byte[] { 1, 2, 3 }, null)]
    [InlineData(new byte[] { 3, 2, 0x90, 1 }, new byte[] { 1, 2, 3 }, null)]
    [InlineData(new byte[] { 3, 1, 0 }, new byte[] { 1, 2, 3 }, null)]
    [InlineData(new byte[] { 3, 4, 5, 1 }, new byte[] { 1, 2, 3 }, null)]
    [InlineData(new byte[] { 3, 1, 0x9F, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, new byte[] { 1, 2, 3 }, null)]
    public void A_delta_copies_and_adds_and_never_reaches_outside(byte[] delta, byte[] source, byte[]? expected)
    {
        ReadOnlySpan<byte> steps = delta;
        Assert.True(PackDelta.TryHead(ref steps, out var baseBytes, out var resultBytes));
        Assert.Equal(source.Length, baseBytes);
        var result = new byte[resultBytes];
        Assert.Equal(expected is not null, PackDelta.TryApply(steps, source, result));
        Assert.Equal(expected ?? result, result);
    }

    [Fact]
    public async Task Packs_that_are_borrowed_are_read_too()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = Made(bridge, 36, commits: 20);
        git.Run("repack", "-adfq");
        git.Run("clone", "-q", "--bare", "--shared", git.Folder, bridge.At("borrower.git"));
        using var packs = PackedRepository.Open(bridge.At("borrower.git"));
        var packed = new PackedObjects(packs, new ArrayRoom(), Kept);
        Assert.All(Objects(git), id => Assert.Equal(id, NameOf(packed, id)));
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_that_of_zlib(string text, uint expected) => Assert.Equal(expected, PackChecksum.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    private static Git Made(Bridge bridge, int seed, int commits = 120)
    {
        var git = bridge.Repository("from.git");
        git.Feed(new MadeTextHistory(seed).Make(commits), "fast-import", "--quiet");
        return git;
    }

    private static List<GitId> Objects(Git git) =>
        [.. git.Run("rev-list", "--objects", "--no-object-names", "--all").Split('\n').Select(Id)];

    private static GitId? NameOf(PackedObjects packed, GitId id) =>
        packed.TryRead(id, size => new byte[size]) is { } found ? GitId.Of(found.Type, found.Bytes.AsSpan(0, found.Length)) : null;

    private static GitId Id(string hex) => GitId.TryParse(hex, out var id) ? id : throw new FormatException(hex);
}
