using Tomlyn;
using Tomlyn.Model;

namespace W0rktree.Libraries.Tests.Toml;

public sealed class WritingTests
{
    [Fact]
    public void Values_come_before_tables_and_everything_reads_back()
    {
        var table = new TomlTable
        {
            ["section"] = new TomlTable { ["x"] = 1L, ["empty"] = new TomlTable() },
            ["after"] = "a \"quoted\" \\ line\nwith \u0001 and 😀",
            ["list"] = new TomlArray { 1L, 2.0, true, new TomlArray(), new TomlTable { ["in"] = "line" } },
            ["tables"] = new TomlTableArray { new TomlTable { ["n"] = 1L, ["sub"] = new TomlTable { ["m"] = 2L } }, new TomlTable() },
            ["none"] = new TomlTableArray(),
            ["when"] = new TomlDateTime(2024, 2, 29),
            ["key with spaces"] = double.NaN,
            ["small"] = 7,
            ["whole"] = 3.0,
        };
        var text = TomlSerializer.Serialize(table);
        var again = TomlSerializer.Deserialize<TomlTable>(text)!;

        Assert.Equal(table["after"], again["after"]);
        Assert.Equal(1L, ((TomlTable)again["section"])["x"]);
        Assert.Empty((TomlTable)((TomlTable)again["section"])["empty"]);
        var list = (TomlArray)again["list"];
        Assert.Equal([1L, 2.0, true], list.Take(3));
        Assert.Equal("line", ((TomlTable)list[4]!)["in"]);
        var tables = Assert.IsType<TomlTableArray>(again["tables"]);
        Assert.Equal(2L, ((TomlTable)tables[0]["sub"])["m"]);
        Assert.Empty(tables[1]);
        Assert.Equal(new TomlDateTime(2024, 2, 29), again["when"]);
        Assert.Equal(double.NaN, again["key with spaces"]);
        Assert.Equal(7L, again["small"]);
        Assert.Equal(3.0, again["whole"]);
    }

    [Fact]
    public void What_has_no_form_in_toml_is_refused()
    {
        Assert.Throws<TomlException>(() => TomlSerializer.Serialize(new TomlTable { ["a"] = new object() }));
        Assert.Throws<TomlException>(() => TomlSerializer.Serialize(new TomlTable { ["a"] = ulong.MaxValue }));
    }

    [Fact]
    public void A_table_keeps_its_order_and_refuses_doubles()
    {
        var table = new TomlTable { ["z"] = 1L, ["a"] = 2L };
        table["z"] = 3L;
        Assert.Equal(["z", "a"], table.Keys);
        Assert.Equal([3L, 2L], table.Values);
        Assert.Throws<ArgumentException>(() => table.Add("a", 1L));
        Assert.Throws<KeyNotFoundException>(() => table["b"]);
        Assert.False(table.TryGetValue("b", out _));
        Assert.True(table.Remove("z"));
        Assert.False(table.ContainsKey("z"));
    }

#if STANDIN_TOMLYN
    [Fact]
    public void The_stand_in_says_that_it_maps_no_other_types()
    {
        Assert.Throws<NotSupportedException>(() => TomlSerializer.Deserialize<Dictionary<string, object>>("a = 1"));
        Assert.Throws<NotSupportedException>(() => TomlSerializer.Serialize(new { A = 1 }));
    }

    [Fact]
    public void Text_is_stable()
    {
        var table = new TomlTable { ["a"] = 1L, ["t"] = new TomlTable { ["b"] = "x", ["u"] = new TomlTable { ["c"] = 2.5 } } };
        Assert.Equal("a = 1\n\n[t]\nb = \"x\"\n\n[t.u]\nc = 2.5\n", TomlSerializer.Serialize(table));
    }
#endif
}
