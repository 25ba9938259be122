namespace W0rktree.Architecture.Tests.Serialization;

/// <summary>Grain messages and states as Orleans' serializer and code generator want them.</summary>
public sealed class SerializerTests
{
    [Fact]
    public void Everything_that_crosses_a_grain_call_or_is_stored_can_be_serialized() =>
        Violation.AssertNone(SerializerRules.Check(Product.Load("Grains.Abstractions"), Product.Load("Grains"), Product.Load("Silo")));

    [Fact]
    public void The_rules_find_the_product_at_all()
    {
        Assert.Contains(Product.Load("Grains.Abstractions").GetTypes(), GrainInterfaces.Is);
        Assert.Contains(Product.Load("Grains").GetTypes(), type => GrainInterfaces.StatesOf(type).Any());
    }

    [Theory]
    [InlineData("[Alias(\"m\")] public sealed record M { [Id(0)] public int A { get; init; } }", "no [GenerateSerializer]")]
    [InlineData("[GenerateSerializer] public sealed record M { [Id(0)] public int A { get; init; } }", "no [Alias]")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M { public int A { get; init; } }", "no [Id]")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M { [Id(0)] public int A { get; init; } [Id(0)] public int B { get; init; } }", "has the [Id] of A")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M([property: Id(0)] int A);", "positional record")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public record M { [Id(0)] public int A { get; init; } }", "neither sealed nor abstract")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed class M { [Id(0)] public int A { get; init; } }", "no record")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M { [Id(0)] public int A { get; set; } }", "can be changed")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M { [Id(0)] public int A; }", "field that can be changed")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M { [Id(0)] public IReadOnlyList<int> A { get; init; } = []; }", "no serializer")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M { [Id(0)] public object? A { get; init; } }", "no serializer")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M { [Id(0)] public List<Inner> A { get; init; } = []; } public sealed record Inner { public int B { get; init; } }", "Inner: has no [GenerateSerializer]")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public abstract record M { } public sealed record Case : M { [Id(0)] public int A { get; init; } }", "Case: has no [GenerateSerializer]")]
    [InlineData("[GenerateSerializer, Alias(\"m\")] public sealed record M { } [GenerateSerializer, Alias(\"m\")] public sealed record N { }", "has the [Alias] of")]
    public void A_wrong_message_is_reported(string message, string problem) =>
        AssertReported(message + "[Alias(\"g\")] public interface IG : IGrainWithStringKey { Task Do(M m); }", problem);

    [Theory]
    [InlineData("Task Do(int a = 3);", "is optional")]
    [InlineData("Task Do(CancellationToken token, int a);", "comes last")]
    [InlineData("int Do();", "returns Int32")]
    [InlineData("void Do();", "returns Void")]
    [InlineData("Task Do(ref int a);", "by reference")]
    [InlineData("Task<T> Do<T>();", "is generic")]
    [InlineData("int P { get; }", "methods only")]
    [InlineData("Task<IEnumerable<int>> Do();", "no serializer")]
    [InlineData("Task Do(Action callback);", "no serializer")]
    public void A_wrong_call_is_reported(string member, string problem) =>
        AssertReported($"[Alias(\"g\")] public interface IG : IGrainWithStringKey {{ {member} }}", problem);

    [Fact]
    public void A_grain_interface_without_alias_is_reported() => AssertReported("public interface IG : IGrainWithStringKey { Task Do(); }", "no [Alias]");

    [Fact]
    public void A_state_that_no_call_carries_is_held_to_the_same_rules() =>
        AssertReported("public sealed record S { public int A { get; init; } } public class G([PersistentState(\"s\")] IPersistentState<S> state) : Grain { public object X => state; }", "S: has no [GenerateSerializer]");

    [Fact]
    public void A_good_contract_passes() => Violation.AssertNone(SerializerRules.Check(Fixture.Load("""
        public readonly record struct Foreign(ulong High);
        [GenerateSerializer, Alias("foreign")] public struct ForeignSurrogate { [Id(0)] public ulong High; }
        [RegisterConverter] public sealed class ForeignConverter : IConverter<Foreign, ForeignSurrogate>
        {
            public Foreign ConvertFromSurrogate(in ForeignSurrogate surrogate) => new(surrogate.High);
            public ForeignSurrogate ConvertToSurrogate(in Foreign value) => new() { High = value.High };
        }
        [GenerateSerializer, Alias("base")] public abstract record Outcome;
        [GenerateSerializer, Alias("good")] public sealed record Good : Outcome { [Id(0)] public required Foreign Id { get; init; } [Id(1)] public ImmutableArray<string> Names { get; init; } = []; public int Count => Names.Length; }
        [GenerateSerializer, Alias("bad")] public sealed record Bad : Outcome { [Id(0)] public DateTimeOffset? At { get; init; } [Id(1)] public Dictionary<string, Good[]> All { get; init; } = []; }
        [GenerateSerializer, Alias("denied")] public sealed class DeniedException : Exception { [Id(0)] public string? Why { get; init; } }
        [Alias("o")] public interface IO : IGrainObserver { Task On(Outcome outcome); }
        [Alias("g")] public interface IG : IGrainWithStringKey { Task<Outcome> Do(Foreign id, IO observer, CancellationToken token = default); ValueTask Stop(); IAsyncEnumerable<Good> List(); }
        """)));

    private static void AssertReported(string source, string problem) =>
        Assert.Contains(SerializerRules.Check(Fixture.Load(source)), violation => violation.ToString().Contains(problem, StringComparison.Ordinal));
}
