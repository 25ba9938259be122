using System.Reflection;
using System.Runtime.InteropServices;

namespace W0rktree.Silo.State;

/// <summary>Has SQLite loaded from the system, which keeps it patched; the library that came with the package is the fallback.</summary>
internal static class SqliteLibrary
{
    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib"];
    private static int _prepared;

    /// <summary>Prepares the process once. Thread-safe.</summary>
    public static void Prepare()
    {
        if (Interlocked.Exchange(ref _prepared, 1) == 0)
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
            SQLitePCL.Batteries_V2.Init();
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var system in name == "e_sqlite3" ? SystemNames : [])
        {
            if (NativeLibrary.TryLoad(system, out var handle))
            {
                return handle;
            }
        }

        return 0; // The runtime goes on to look where the package put its own.
    }
}
