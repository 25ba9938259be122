using System.Diagnostics;
using System.Globalization;

namespace W0rktree.CrashDriver;

/// <summary>What a run of an operation under the shim came to.</summary>
/// <param name="ExitCode">0 for success; above 128 for a signal.</param>
/// <param name="Acknowledged">What the operation said was done.</param>
/// <param name="Calls">Calls on the store; 0 where the run was killed.</param>
/// <param name="Writes">Those of them that write.</param>
internal sealed record ChildRun(int ExitCode, string[] Acknowledged, int Calls, int Writes);

/// <summary>Runs operations in processes of their own, with the shim.</summary>
internal sealed class Child(string shim, string scratch)
{
    public async Task<ChildRun> RunAsync(string operation, string folder, string mode, int at, bool forGood)
    {
        var acknowledgements = Path.Combine(scratch, "acknowledged");
        var count = Path.Combine(scratch, "count");
        File.Delete(acknowledgements);
        File.Delete(count);
        ProcessStartInfo start = new("dotnet", [typeof(Child).Assembly.Location, "run", operation, folder, acknowledgements])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["LD_PRELOAD"] = shim;
        start.Environment["WT_CRASH_ROOT"] = folder;
        start.Environment["WT_CRASH_MODE"] = mode;
        start.Environment["WT_CRASH_AT"] = at.ToString(CultureInfo.InvariantCulture);
        start.Environment["WT_CRASH_GOOD"] = forGood ? "1" : "0";
        start.Environment["WT_CRASH_COUNT"] = count;
        start.Environment["DOTNET_TieredCompilation"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        _ = await error;
        var acknowledged = File.Exists(acknowledgements) ? await File.ReadAllLinesAsync(acknowledgements) : [];
        var counted = File.Exists(count) ? (await File.ReadAllTextAsync(count)).Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray() : [0, 0];
        return new ChildRun(process.ExitCode, acknowledged, counted[0], counted[1]);
    }

    /// <summary>Copies a store as it lies there.</summary>
    public static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Names what a folder holds; two that are equal recover alike.</summary>
    public static string Fingerprint(string folder)
    {
        using var hasher = Blake3.Hasher.New();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock").Order(StringComparer.Ordinal))
        {
            hasher.Update(System.Text.Encoding.UTF8.GetBytes($"{Path.GetRelativePath(folder, file)}\0{new FileInfo(file).Length}\0"));
            hasher.Update(File.ReadAllBytes(file));
        }

        Span<byte> hash = stackalloc byte[32];
        hasher.Finalize(hash);
        return Convert.ToHexStringLower(hash);
    }
}
