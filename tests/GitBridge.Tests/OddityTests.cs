using System.Security.Cryptography;
using System.Text;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.GitBridge.Tests.Support;

namespace W0rktree.GitBridge.Tests;

/// <summary>What histories hold that no tool would write today. Every test carries it there and back, by the same ids.</summary>
public sealed class OddityTests
{
    private const string Person = "A U Thor <author@example.org> 1112911993 +0200";

    [Fact]
    public async Task Every_kind_of_entry_comes_back()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var file = git.Object("blob", "hello\n");
        var empty = git.Object("blob", "");
        var below = git.Tree(("100644", "deep"u8.ToArray(), file));
        var tree = git.Tree(
            ("100755", "run"u8.ToArray(), file), ("160000", "sub"u8.ToArray(), "1234567890123456789012345678901234567890"), ("40000", "sub2"u8.ToArray(), below),
            ("120000", "sym"u8.ToArray(), git.Object("blob", "../target")), ("100644", "void"u8.ToArray(), empty));
        Commit(git, "main", tree);
        await bridge.RoundTripAsync(git);

        var root = await bridge.Graph.ReadDirectoryAsync((await bridge.TipAsync("main")).Root, CancellationToken.None);
        Assert.Equal([EntryKind.Executable, EntryKind.ForeignLink, EntryKind.Directory, EntryKind.Symlink, EntryKind.File], root.Entries.Select(entry => entry.Kind));
        Assert.Equal("1234567890123456789012345678901234567890", Encoding.ASCII.GetString(root.Entries[1].Field(EntryField.ForeignTarget)!.Value.AsSpan()));
    }

    [Fact]
    public async Task Modes_that_git_no_longer_writes_come_back()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var file = git.Object("blob", "x");
        var tree = git.Tree(("100664", "group"u8.ToArray(), file), ("040000", "padded"u8.ToArray(), git.Tree(("100600", "mine"u8.ToArray(), file))), ("100775", "run"u8.ToArray(), file));
        Commit(git, "main", tree);
        await bridge.RoundTripAsync(git, strict: false);

        var root = await bridge.Graph.ReadDirectoryAsync((await bridge.TipAsync("main")).Root, CancellationToken.None);
        Assert.Equal([EntryKind.File, EntryKind.Directory, EntryKind.Executable], root.Entries.Select(entry => entry.Kind));
    }

    [Fact]
    public async Task Names_that_cannot_be_names_here_get_stand_ins_and_come_back()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var file = git.Object("blob", "x");
        byte[] latin = [(byte)'n', 0xE4, (byte)'m'];
        var longest = Encoding.ASCII.GetBytes(new string('l', 300));
        var tree = git.Tree(
            ("100644", ".GIT"u8.ToArray(), file), ("100644", ".wt-vfs"u8.ToArray(), file), ("100644", "git~1"u8.ToArray(), file), ("100644", longest, file), ("100644", latin, file));
        Commit(git, "main", tree);
        await bridge.RoundTripAsync(git, strict: false);

        var names = (await bridge.Graph.ReadDirectoryAsync((await bridge.TipAsync("main")).Root, CancellationToken.None)).Entries.Select(entry => entry.Name.ToString()).ToList();
        Assert.Equal(4, names.Count(name => name.StartsWith("_git-name-", StringComparison.Ordinal)));
        Assert.Contains("n\\xe4m", names);
    }

    [Fact]
    public async Task Signed_and_merged_tags_and_unknown_headers_come_back()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var tree = git.Tree(("f", git.Object("blob", "x")));
        var one = Commit(git, "one", tree);
        var two = Commit(git, "two", tree, "second\n");
        var headers = $"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEz\n -----END PGP SIGNATURE-----\nmergetag object {two}\n type commit\n tag v1\n tagger {Person}\n \n message\nHG:rename a:b\n";
        git.Run("update-ref", "refs/heads/main", git.Object("commit", $"tree {tree}\nparent {one}\nparent {two}\nauthor {Person}\ncommitter {Person}\n{headers}\nMerge\n"));
        await bridge.RoundTripAsync(git);
    }

    [Fact]
    public async Task Headers_longer_than_one_field_come_back()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var lines = string.Concat(Enumerable.Range(0, 4000).Select(i => $" {i:d6} {new string('s', 40)}\n"));
        git.Run("update-ref", "refs/heads/main", git.Object("commit", $"tree {git.Tree()}\nauthor {Person}\ncommitter {Person}\ngpgsig begin\n{lines}\nlong\n"));
        await bridge.RoundTripAsync(git);
    }

    [Theory]
    [InlineData("author \ncommitter Nobody\n\nno address\n")]
    [InlineData("author A <a@x> 1 +0000\ncommitter C <c@x> 2 -0000\n\n")]
    [InlineData("author A <a@x> 1 +0000\ncommitter C <c@x> 2 +0000\n")]
    [InlineData("author A <a@x> 1 +0000\ncommitter C <c@x> 2 +0000\n\nno line feed at the end")]
    [InlineData("author A <a@x> 99999999999999999999 +051800\ncommitter C <c@x> -5 junk\n\ntimes\n")]
    [InlineData("author A <a> b <c@x> 1 -1030\ncommitter <> 0 +0000\n\nangles\n")]
    [InlineData("committer C <c@x> 2 +0000\nauthor A <a@x> 1 +0000\n\nthe other way round\n")]
    [InlineData("author A <a@x> 1 +0000\nauthor B <b@x> 1 +0000\ncommitter C <c@x> 2 +0000\n\ntwo authors\n")]
    [InlineData("author A <a@x>  1  +0000\ncommitter C <c@x> 2 +0000\nencoding\n\nspaces and an empty header\n\n\n")]
    public async Task Odd_headers_come_back(string afterTree)
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        git.Run("update-ref", "refs/heads/main", git.Object("commit", $"tree {git.Tree()}\n{afterTree}"));
        await bridge.RoundTripAsync(git, strict: false);
    }

    [Theory]
    [InlineData("ISO-8859-1", "Grüße aus Köln", new byte[] { (byte)'G', (byte)'r', 0xFC, 0xDF, (byte)'e', (byte)' ', (byte)'a', (byte)'u', (byte)'s', (byte)' ', (byte)'K', 0xF6, (byte)'l', (byte)'n' })]
    [InlineData("SHIFT_JIS", "日本", new byte[] { 0x93, 0xFA, 0x96, 0x7B })]
    public async Task A_message_in_another_encoding_is_read_and_comes_back(string encoding, string text, byte[] bytes)
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        byte[] commit = [.. Encoding.ASCII.GetBytes($"tree {git.Tree()}\nauthor A <a@x> 1 +0000\ncommitter C <c@x> 2 +0000\nencoding {encoding}\n\n"), .. bytes, (byte)'\n'];
        git.Run("update-ref", "refs/heads/main", git.Object("commit", commit));
        await bridge.RoundTripAsync(git);
        Assert.Equal(text + "\n", (await bridge.TipAsync("main")).Message.Text);
    }

    [Theory]
    [InlineData("ISO-8859-1")]
    [InlineData("klingon")]
    public async Task Bytes_that_are_not_what_their_header_says_come_back(string encoding)
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        byte[] commit = [.. Encoding.ASCII.GetBytes($"tree {git.Tree()}\nauthor A <a@x> 1 +0000\ncommitter C <c@x> 2 +0000\nencoding {encoding}\n\n"), 0xFF, 0xFE, 0x81, (byte)'\n'];
        git.Run("update-ref", "refs/heads/main", git.Object("commit", commit));
        await bridge.RoundTripAsync(git, strict: false);
    }

    [Fact]
    public async Task An_octopus_keeps_the_order_of_its_parents()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var tree = git.Tree(("f", git.Object("blob", "x")));
        var parents = Enumerable.Range(0, 20).Select(i => Commit(git, $"p{i}", tree, $"{i}\n")).Reverse().ToList();
        git.Run("update-ref", "refs/heads/main", git.Object("commit", $"tree {tree}\n{string.Concat(parents.Select(parent => $"parent {parent}\n"))}author {Person}\ncommitter {Person}\n\noctopus\n"));
        await bridge.RoundTripAsync(git);
        Assert.Equal(20, (await bridge.TipAsync("main")).Parents.Length);
    }

    [Fact]
    public async Task A_pointer_of_lfs_becomes_its_content_where_that_is_there_and_comes_back_as_a_pointer()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("large ", 5000)));
        var sha = Convert.ToHexStringLower(SHA256.HashData(content));
        Directory.CreateDirectory(Path.Combine(git.Folder, "lfs", "objects", sha[..2], sha[2..4]));
        await File.WriteAllBytesAsync(Path.Combine(git.Folder, "lfs", "objects", sha[..2], sha[2..4], sha), content);
        var pointer = git.Object("blob", $"version https://git-lfs.github.com/spec/v1\noid sha256:{sha}\nsize {content.Length}\n");
        var absent = git.Object("blob", $"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('0', 64)}\nsize 7\n");
        Commit(git, "main", git.Tree(("absent", absent), ("big", pointer)));
        var back = await bridge.RoundTripAsync(git);

        var changes = await DirectoryDiff.CompareAsync(bridge.Graph, null, (await bridge.TipAsync("main")).Root, CancellationToken.None);
        Assert.Equal((ulong)content.Length, changes.Single(change => change.Path.ToString() == "big").New!.SizeBytes);
        Assert.True(changes.Single(change => change.Path.ToString() == "absent").New!.SizeBytes < 200);
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(back.Folder, "lfs", "objects", sha[..2], sha[2..4], sha)));
    }

    [Fact]
    public async Task A_directory_of_thousands_and_one_of_none_come_back()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var blobs = Enumerable.Range(0, 7).Select(i => git.Object("blob", $"{i}")).ToArray();
        var many = Enumerable.Range(0, 3000).Select(i => ($"f{i:d5}", blobs[i % blobs.Length])).ToArray();
        Commit(git, "main", git.Tree(("40000", "empty"u8.ToArray(), git.Tree()), ("40000", "many"u8.ToArray(), git.Tree(many))));
        await bridge.RoundTripAsync(git);
    }

    [Fact]
    public async Task A_tree_out_of_order_is_refused_with_commit_and_path()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var file = git.Object("blob", "x");
        var commit = Commit(git, "main", git.Tree(("40000", "dir"u8.ToArray(), git.Tree(("b", file), ("a", file)))));
        var refused = await bridge.TryImportAsync(git);
        Assert.False(refused.IsOk);
        Assert.Equal("git_order", refused.Error.Code);
        Assert.Contains(commit, refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("'dir'", refused.Error.Message, StringComparison.Ordinal);
        Assert.Empty(bridge.Refs.List(""));
    }

    private static string Commit(Git git, string branch, string tree, string message = "message\n", params string[] parents)
    {
        var commit = git.Object("commit", $"tree {tree}\n{string.Concat(parents.Select(parent => $"parent {parent}\n"))}author {Person}\ncommitter {Person}\n\n{message}");
        git.Run("update-ref", $"refs/heads/{branch}", commit);
        return commit;
    }
}
