using System.Globalization;
using System.Runtime.Versioning;
using W0rktree.CrashDriver;

// The shim is loaded by the dynamic linker.
[assembly: SupportedOSPlatform("linux")]

// usage: CrashDriver campaign SHIM SCRATCH EVERY [OPERATION...]     cuts operations off; the last line says how it went
//        CrashDriver once SHIM SCRATCH OPERATION CALL...            one finding again: the call of the operation, then of its recoveries
//        CrashDriver run OPERATION FOLDER ACKNOWLEDGEMENTS          is what is cut off; 3 where the disk's failure was noticed
switch (args)
{
    case ["run", var operation, var folder, var acknowledgements]:
        try
        {
            await Works.RunAsync(operation, folder, acknowledgements);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return Child.Refused;
        }

    case ["campaign", var shim, var scratch, var every, .. var operations]:
        Directory.CreateDirectory(scratch);
        return await new Campaign(shim, scratch, int.Parse(every, CultureInfo.InvariantCulture)).RunAsync(operations.Length == 0 ? [.. Works.Operations] : operations);

    case ["once", var shim, var scratch, var operation, .. var calls]:
        Directory.CreateDirectory(scratch);
        return await new Campaign(shim, scratch, 1).OnceAsync(operation, [.. calls.Select(call => int.Parse(call, CultureInfo.InvariantCulture))]);

    case ["fill", var folder, var acknowledgements]:
        return await FullDisk.RunAsync(folder, acknowledgements);

    default:
        Console.Error.WriteLine("usage: CrashDriver campaign SHIM SCRATCH EVERY [OPERATION...] | once SHIM SCRATCH OPERATION CALL... | run OPERATION FOLDER ACKNOWLEDGEMENTS | fill FOLDER ACKNOWLEDGEMENTS");
        return 2;
}
