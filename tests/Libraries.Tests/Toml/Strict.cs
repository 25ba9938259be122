using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;

namespace W0rktree.Libraries.Tests.Toml;

/// <summary>The strict way to read, with the stand-in and the real package alike: the parser validates, the serializer reads.</summary>
internal static class Strict
{
    public static TomlTable Read(string toml)
    {
        SyntaxParser.ParseStrict(toml);
        return TomlSerializer.Deserialize<TomlTable>(toml)!;
    }
}
