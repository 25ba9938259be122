namespace W0rktree.CrashDriver;

/// <summary>Works on a small file system until it is full, frees some of it, and starts again.</summary>
internal static class FullDisk
{
    /// <summary>Gives 0 when every start after the disk was full found all that was acknowledged.</summary>
    public static async Task<int> RunAsync(string folder, string acknowledgements)
    {
        var store = Path.Combine(folder, "store");
        var ballast = Path.Combine(folder, "ballast");
        Directory.CreateDirectory(store);
        StoreWork work = new();
        await work.PrepareAsync("snapshot", store);
        var wasFull = 0;
        for (var round = 0; round < 40; round++)
        {
            // Less and less is left, so that the end comes at another call each time.
            var free = new DriveInfo(folder).AvailableFreeSpace - (round * 1500);
            await File.WriteAllBytesAsync(ballast, new byte[Math.Max(0, free)]);
            foreach (var operation in work.Operations.Skip(1))
            {
                try
                {
                    await work.RunAsync(operation, store, acknowledgements);
                }
                catch (IOException)
                {
                    wasFull++;
                }
            }

            File.Delete(ballast);
            var acknowledged = File.Exists(acknowledgements) ? await File.ReadAllLinesAsync(acknowledgements) : [];
            if (await work.ProblemAsync("snapshot", store, acknowledged) is { } problem)
            {
                Console.WriteLine($"WRONG round {round}: {problem}");
                return 1;
            }
        }

        Console.WriteLine($"full {wasFull} times, nothing lost");
        return wasFull > 0 ? 0 : 1;
    }
}
