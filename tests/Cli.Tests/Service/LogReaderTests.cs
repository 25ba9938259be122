using W0rktree.Cli.Output;

namespace W0rktree.Cli.Tests.Service;

public sealed class LogReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wt-log-");
    private LogReader? _reader;

    [Fact]
    public void Lines_are_given_once_and_only_when_they_are_whole()
    {
        var (path, reader) = Start();
        Assert.Empty(reader.ReadNew());
        File.WriteAllText(path, "one\ntwo\nthr");
        Assert.Equal(["one", "two"], reader.ReadNew());
        File.AppendAllText(path, "ee\n");
        Assert.Equal(["three"], reader.ReadNew());
        Assert.Empty(reader.ReadNew());
    }

    [Fact]
    public void A_rotated_log_is_read_to_its_end_and_the_new_one_from_its_beginning()
    {
        var (path, reader) = Start();
        File.WriteAllText(path, "one, and long enough that the next log is shorter\n");
        Assert.Single(reader.ReadNew());
        File.AppendAllText(path, "two\n");
        File.Move(path, path + ".1");
        File.WriteAllText(path, "three\n");
        Assert.Equal(["two", "three"], reader.ReadNew());
        File.AppendAllText(path, "four\n");
        Assert.Equal(["four"], reader.ReadNew());
    }

    [Fact]
    public void A_new_log_that_is_longer_than_the_old_one_is_noticed_too()
    {
        var (path, reader) = Start();
        File.WriteAllText(path, "short\n");
        Assert.Single(reader.ReadNew());
        File.Move(path, path + ".1");
        File.WriteAllText(path, "the new one is longer\nthan the old one\n");
        Assert.Equal(["the new one is longer", "than the old one"], reader.ReadNew());
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _folder.Delete(recursive: true);
    }

    private (string Path, LogReader Reader) Start()
    {
        var path = Path.Combine(_folder.FullName, "worker.log");
        return (path, _reader = new LogReader(path));
    }
}
