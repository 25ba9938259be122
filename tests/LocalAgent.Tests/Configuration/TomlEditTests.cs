using W0rktree.LocalAgent.Configuration;

namespace W0rktree.LocalAgent.Tests.Configuration;

public sealed class TomlEditTests
{
    [Theory]
    [InlineData("", "[a]\nb = 5\n")]
    [InlineData("# mine\n", "# mine\n\n[a]\nb = 5\n")]
    [InlineData("[a]\nb = 1 # why\nc = 2\n", "[a]\nb = 5 # why\nc = 2\n")]
    [InlineData("[a]\nc = 2\n\n# about d\n[d]\ne = 1\n", "[a]\nc = 2\nb = 5\n\n# about d\n[d]\ne = 1\n")]
    [InlineData("a.b = 1\n", "a.b = 5\n")]
    [InlineData("[a]\n\"b\" = 1\n", "[a]\n\"b\" = 5\n")]
    [InlineData("a = {c = 1}\n", null)]
    [InlineData("a.c = 1\n[z]\nx = 1\n", "a.c = 1\na.b = 5\n[z]\nx = 1\n")]
    [InlineData("[a]\nb = [\n  1, # one\n  2,\n] # both\nc = 1", "[a]\nb = 5 # both\nc = 1")]
    [InlineData("[a]\nb = \"\"\"\n[x]\nb = 1\n\"\"\"\nc = 1\n", "[a]\nb = 5\nc = 1\n")]
    [InlineData("[a]\r\nc = 1\r\n", "[a]\r\nc = 1\r\nb = 5\r\n")]
    [InlineData("[[x]]\nb = 1\n[[x]]\nb = 2\n", "[[x]]\nb = 1\n[[x]]\nb = 2\n\n[a]\nb = 5\n")]
    [InlineData("[a]\nc = 1", "[a]\nc = 1\nb = 5\n")]
    public void Setting_a_key_leaves_everything_else_as_it_stands(string before, string? after)
    {
        var edited = TomlEdit.Set("test.toml", before, "a.b", 5L);
        Assert.Equal(after, edited.IsOk ? edited.Value : null);
        if (!edited.IsOk)
        {
            Assert.Equal("not_editable", edited.Error.Code);
        }
    }

    [Theory]
    [InlineData("[a]\nb = 1\nc = 2 # c\n", "[a]\nc = 2 # c\n")]
    [InlineData("[a]\nc = 2\n", "[a]\nc = 2\n")]
    [InlineData("[a]\nb = [\n  1,\n]\nc = 2\n", "[a]\nc = 2\n")]
    public void Removing_a_key_leaves_everything_else_as_it_stands(string before, string after) => Assert.Equal(after, TomlEdit.Remove("test.toml", before, "a.b").Value);

    [Fact]
    public void A_broken_file_is_refused_with_its_place()
    {
        var edited = TomlEdit.Set("test.toml", "[a]\nb = = 1\n", "a.b", 5L);
        Assert.Equal("broken_configuration", edited.Error.Code);
        Assert.StartsWith("test.toml:2:", edited.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with \"quotes\" and \\ and \n and \t and ünïcode ☃ and \u0001")]
    public void A_text_comes_back_as_it_was_set(string text)
    {
        var layer = ConfigLayer.Parse("test.toml", true, TomlEdit.Set("test.toml", "# c\n", "a.b", text).Value);
        Assert.Equal(text, Assert.Single(layer.Values).Value);
    }

    [Fact]
    public void Made_files_keep_all_their_other_keys_and_comments()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var lines = new List<string>();
            var keys = new List<string>();
            foreach (var table in Enumerable.Range(0, random.Next(1, 5)))
            {
                lines.Add(random.Next(2) == 0 ? $"# table {table}" : "");
                lines.Add($"[t{table}.u]{(random.Next(2) == 0 ? " # head" : "")}");
                foreach (var key in Enumerable.Range(0, random.Next(4)))
                {
                    lines.Add($"{(random.Next(3) == 0 ? "  " : "")}k{key} = {random.Next(4) switch { 0 => "\"a # b\"", 1 => "[1, 2]", 2 => "'''x\n[y]\nk0 = 1'''", _ => "7" }}{(random.Next(2) == 0 ? " # why" : "")}");
                    keys.Add($"t{table}.u.k{key}");
                }
            }

            var before = string.Join('\n', lines) + "\n";
            var chosen = keys.Count > 0 && random.Next(2) == 0 ? keys[random.Next(keys.Count)] : $"t{random.Next(6)}.u.new";
            var edited = TomlEdit.Set("test.toml", before, chosen, 99L);
            Assert.True(edited.IsOk, $"seed {seed}");
            var values = ConfigLayer.Parse("test.toml", true, edited.Value).Values.ToDictionary(value => value.Name, value => value.Value);
            Assert.Equal(99L, values[chosen]);
            Assert.Equal(keys.Append(chosen).Distinct().Order(), values.Keys.Order());
            Assert.Equal(before.Count(c => c == '#'), edited.Value.Count(c => c == '#') + (ReplacedHash(before, edited.Value) ? 1 : 0));
        }
    }

    /// <summary>The text value with a sign of a comment in it may be the one that was replaced.</summary>
    private static bool ReplacedHash(string before, string after) => before.Split("\"a # b\"").Length != after.Split("\"a # b\"").Length;
}
