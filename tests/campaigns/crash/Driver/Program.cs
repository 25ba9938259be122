using System.Globalization;
using W0rktree.CrashDriver;

// usage: CrashDriver campaign SHIM SCRATCH EVERY [OPERATION...]     cuts operations off; the last line says how it went
//        CrashDriver run OPERATION FOLDER ACKNOWLEDGEMENTS          is what is cut off
switch (args)
{
    case ["run", var operation, var folder, var acknowledgements]:
        try
        {
            await Operations.RunAsync(operation, folder, acknowledgements);
            return 0;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
            return 3;
        }

    case ["campaign", var shim, var scratch, var every, .. var operations]:
        Directory.CreateDirectory(scratch);
        return await new Campaign(shim, scratch, int.Parse(every, CultureInfo.InvariantCulture)).RunAsync(operations.Length == 0 ? Operations.All : operations);

    case ["fill", var folder, var acknowledgements]:
        return await FullDisk.RunAsync(folder, acknowledgements);

    default:
        Console.Error.WriteLine("usage: CrashDriver campaign SHIM SCRATCH EVERY [OPERATION...] | run OPERATION FOLDER ACKNOWLEDGEMENTS | fill FOLDER ACKNOWLEDGEMENTS");
        return 2;
}
