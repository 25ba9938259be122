using System.Reflection;
using System.Text;
using Google.Protobuf.Reflection;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Doors;

/// <summary>
/// Every gRPC method, found by reflection, called as everybody who should not get through. The golden file holds each answer; the laws
/// hold for methods that nobody has thought of yet.
/// </summary>
public sealed class GrpcDoorTests(DoorScene scene) : IClassFixture<DoorScene>
{
    private static readonly string[] Open = ["Identity/Register", "Identity/SignIn"];

    public static IReadOnlyList<MethodDescriptor> Methods { get; } =
    [
        .. typeof(TreeRef).Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)).OfType<ServiceDescriptor>()
            .OrderBy(service => service.Name, StringComparer.Ordinal).SelectMany(service => service.Methods),
    ];

    [Fact]
    public async Task Every_method_answers_everybody_as_the_golden_file_says_and_nobody_against_the_laws()
    {
        Assert.True(Methods.Count >= 25, "The methods were not found.");
        var calls = new RawCall(scene.Channel.CreateCallInvoker(), scene);
        var matrix = new StringBuilder();
        foreach (var method in Methods)
        {
            var name = $"{method.Service.Name}/{method.Name}";
            matrix.Append(name);
            foreach (var caller in scene.Callers.Keys)
            {
                var (outcome, _, received) = await calls.RunAsync(method, await scene.TokenForAsync(caller, method.Name));
                matrix.Append($" {caller}:{outcome}");
                AssertLaws(name, method, caller, outcome, received);
                if (outcome == "ok" && method.Name.Contains("Member", StringComparison.Ordinal))
                {
                    await scene.RestoreMembersAsync();
                }
            }

            matrix.Append('\n');
        }

        Assert.Equal(Golden.Expect("tests/Silo.Tests/Doors/grpc.golden.txt", matrix.ToString()), matrix.ToString());
    }

    [Fact]
    public async Task What_a_stranger_may_not_see_answers_exactly_like_what_does_not_exist()
    {
        var calls = new RawCall(scene.Channel.CreateCallInvoker(), scene);
        var nowhere = new TreeRef { TenantId = Person.Id(), WorktreeId = Person.Id(), TreeId = Person.Id() };
        foreach (var method in Methods.Where(NamesSomething))
        {
            foreach (var caller in new[] { "stranger", "guest" })
            {
                var token = await scene.TokenForAsync(caller, method.Name);
                var known = await calls.RunAsync(method, token);
                var unknown = await calls.RunAsync(method, token, field => field switch
                {
                    "tree" => nowhere,
                    "tenant" or "owner" => "p" + Person.Id()[..12],
                    _ => null,
                });
                Assert.True((known.Outcome, known.Message) == (unknown.Outcome, unknown.Message), $"{method.FullName} as {caller}: {known.Message} against {unknown.Message}");
            }
        }
    }

    private static bool NamesSomething(MethodDescriptor method) => Names(method.InputType);

    private static bool Names(MessageDescriptor type) => type.Fields.InFieldNumberOrder().Any(f =>
        f.Name is "tree" or "tenant" or "owner" || (f is { FieldType: FieldType.Message, IsRepeated: false } && f.MessageType != TreeRef.Descriptor && Names(f.MessageType)));

    private static void AssertLaws(string name, MethodDescriptor method, string caller, string outcome, byte[] received)
    {
        var isOpen = Open.Contains(name);
        var expected = caller switch
        {
            "anonymous" or "unknown" when !isOpen => "signed_out",
            "revoked" or "expired" when !isOpen => "token_revoked",
            "stranger" or "guest" when NamesSomething(method) => "not_found",
            "scoped" when NamesSomething(method) => "denied",
            _ => outcome,
        };
        Assert.True(expected == outcome, $"{name} as {caller} answered {outcome}, not {expected}.");
        if (caller != "owner")
        {
            Assert.True(received.AsSpan().IndexOf(Encoding.UTF8.GetBytes(DoorScene.Secret)) < 0, $"{name} told {caller} of what is hidden.");
        }
    }
}
