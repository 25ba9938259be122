using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Agents;

public sealed class AgentLogTests
{
    [Fact]
    public void A_full_log_is_moved_aside_once_and_no_line_is_lost()
    {
        using var folder = new TempFolder();
        var path = folder.At("worker.log");
        using (var log = new AgentLog(path, TimeProvider.System, () => "info"))
        {
            for (var i = 0; i < 900; i++)
            {
                log.Info($"{i:0000} {new string('x', 8000)}");
                log.Debug("left out");
            }
        }

        var lines = File.ReadAllLines(path + ".1").Concat(File.ReadAllLines(path)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]);
        Assert.Equal(Enumerable.Range(0, 900).Select(i => i.ToString("0000", System.Globalization.CultureInfo.InvariantCulture)), lines);
        Assert.InRange(new FileInfo(path + ".1").Length, 5 * 1024 * 1024, 6 * 1024 * 1024);
    }
}
