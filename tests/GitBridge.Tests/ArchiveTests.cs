using System.Diagnostics;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.GitBridge.Tests.Support;
using W0rktree.LocalAgent.Archiving;

namespace W0rktree.GitBridge.Tests;

/// <summary>Unpacks archives with other programs and holds what comes out against <c>git archive</c>.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    private Bridge _bridge = null!;
    private Git _git = null!;
    private SnapshotId _id;

    public async Task InitializeAsync()
    {
        _bridge = await Bridge.CreateAsync();
        _git = _bridge.Repository("work", bare: false);
        Write("README.md", "hello\n");
        Write("run.sh", "#!/bin/sh\n");
        Write("empty", "");
        Write("große Datei/ä ö.txt", "ü\n");
        Write($"{new string('d', 90)}/{new string('e', 90)}/{new string('f', 120)}", "deep\n");
        Write("big", string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i} {i * 7919}\n")));
        File.CreateSymbolicLink(Path.Combine(_git.Folder, "link"), "README.md");
        File.CreateSymbolicLink(Path.Combine(_git.Folder, "far"), $"{new string('x', 130)}/away");
        _git.Run("add", ".");
        _git.Run("update-index", "--chmod=+x", "run.sh");
        _git.Run("commit", "-qm", "all", "--date", "@1700000001 +0100");
        await _bridge.ImportAsync(_git);
        _id = _bridge.Refs.Get("branch/main")!.Value;
    }

    public async Task DisposeAsync() => await _bridge.DisposeAsync();

    [Theory]
    [InlineData("tar", "tar -xf")]
    [InlineData("tar.gz", "tar -xzf")]
    [InlineData("tar.zst", "tar --zstd -xf")]
    public async Task A_tar_holds_what_that_of_git_holds(string format, string unpack)
    {
        await File.WriteAllBytesAsync(_bridge.At("ours"), await ArchiveAsync(format, "p-1/"));
        await File.WriteAllBytesAsync(_bridge.At("theirs"), _git.Feed([], "archive", "--prefix=p-1/", "--format=tar", "main"));
        Shell($"mkdir a b && {unpack} ours -C a && tar -xf theirs -C b");
        Assert.Equal("", Shell("diff -r --no-dereference a b"));
        Assert.Equal(Shell("cd b && find . -type f -perm -u+x"), Shell("cd a && find . -type f -perm -u+x"));
        Assert.Equal(Shell("cd b && find . -printf '%y %p %l\n' | sort"), Shell("cd a && find . -printf '%y %p %l\n' | sort"));
        Assert.Equal("1700000001", Shell("stat -c %Y a/p-1/README.md").Trim());
    }

    [Fact]
    public async Task A_zip_holds_what_git_has_for_another_reader()
    {
        await File.WriteAllBytesAsync(_bridge.At("ours.zip"), await ArchiveAsync("zip", ""));
        Shell("mkdir b && (cd work && git archive main) | tar -xf - -C b");
        Assert.Equal(
            Shell("""cd b && find . ! -name . -printf '%P %y\n' | sort | while IFS= read -r l; do echo "$l" | sed 's/ d$/\/ d/'; done | LC_ALL=C sort"""),
            Shell("""python3 -c 'import zipfile,sys; kinds={0o04:"d",0o10:"f",0o12:"l"}; sys.stdout.buffer.write("".join(sorted(f"{i.filename} {kinds[i.external_attr>>28]}\n" for i in zipfile.ZipFile("ours.zip").infolist())).encode())' | LC_ALL=C sort"""));
        Assert.Equal("", Shell("""python3 -c 'import zipfile; z=zipfile.ZipFile("ours.zip"); assert z.testzip() is None; [print(n) for n in z.namelist() if n[-1]!="/" and n not in ("link","far") and z.read(n)!=open("b/"+n,"rb").read()]'"""));
        Assert.Equal("0o755", Shell("""python3 -c 'import zipfile; print(oct(zipfile.ZipFile("ours.zip").getinfo("run.sh").external_attr>>16&0o777))'""").Trim());
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("tar.zst")]
    [InlineData("zip")]
    public async Task The_same_snapshot_gives_the_same_bytes(string format) => Assert.Equal(await ArchiveAsync(format, "x/"), await ArchiveAsync(format, "x/"));

    [Fact]
    public async Task Only_what_is_below_a_path_is_written()
    {
        await File.WriteAllBytesAsync(_bridge.At("part.tar"), await ArchiveAsync("tar", "", "große Datei"));
        Assert.Equal("große Datei/\ngroße Datei/ä ö.txt\n", Shell("LC_ALL=C.UTF-8 tar --quoting-style=literal -tf part.tar"));
    }

    [Fact]
    public async Task What_attributes_leave_out_or_expand_is_as_in_the_archive_of_git()
    {
        Write(".gitattributes", "*.secret export-ignore\ntools/ export-ignore\nempty-after/** export-ignore\nVERSION export-subst\nsub/kept.secret -export-ignore\n");
        Write("a.secret", "x");
        Write("tools/build", "x");
        Write("sub/tools/other", "x");
        Write("sub/kept.secret", "kept");
        Write("sub/gone.secret", "x");
        Write("empty-after/one", "x");
        Write("sub/.gitattributes", "note export-subst\nlocal.txt export-ignore\n");
        Write("sub/local.txt", "x");
        Write("VERSION", "$Format:%H by %an <%ae> at %at %ai %aI %as %ad, %cn %ct %ci, %s%n100%% %zz$ and $Format:%H$\n$Format:open\n");
        Write("sub/note", "$Format:%s$");
        Write("unmarked", "$Format:%H$");
        _git.Run("add", ".");
        _git.Run("commit", "-qm", "One subject\nover two lines\n\nBody", "--date", "@1700000002 -0930");
        await _bridge.ImportAsync(_git);
        _id = _bridge.Refs.Get("branch/main")!.Value;
        foreach (var part in new[] { "", "sub" })
        {
            await File.WriteAllBytesAsync(_bridge.At("ours"), await ArchiveAsync("tar", "p/", part));
            await File.WriteAllBytesAsync(_bridge.At("theirs"), _git.Feed([], ["archive", "--prefix=p/", "--format=tar", "main", .. part.Length == 0 ? Array.Empty<string>() : [part]]));
            Shell("rm -rf a b && mkdir a b && tar -xf ours -C a && tar -xf theirs -C b");
            Assert.Equal("", Shell("diff -r --no-dereference a b"));
            Assert.Equal(Shell("cd b && find . | sort"), Shell("cd a && find . | sort"));
        }
    }

    private async Task<byte[]> ArchiveAsync(string format, string prefix, string path = "")
    {
        using var bytes = new MemoryStream();
        await using var pieces = new PieceStream((piece, token) => bytes.WriteAsync(piece, token));
        var result = await new ArchiveQuery(_bridge.Store).RunAsync(_id, TreePath.Parse(path).Value, format, System.Text.Encoding.UTF8.GetBytes(prefix), pieces, default);
        Assert.True(result.IsOk, result.IsOk ? "" : result.Error.ToString());
        Assert.Equal(bytes.Length, result.Value.Bytes);
        return bytes.ToArray();
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_git.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = _bridge.Folder, RedirectStandardOutput = true, UseShellExecute = false })!;
        var text = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0 || command.StartsWith("diff", StringComparison.Ordinal), $"{command}: {shell.ExitCode}\n{text}");
        return text;
    }
}
