// The people of these tests are Linux users: homes, runtime directories, signals.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
