using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Silo.Tests.Doors;

/// <summary>Every grain method, found by reflection, called past the front as everybody who should not get through.</summary>
public sealed class GrainDoorTests(DoorScene scene) : IClassFixture<DoorScene>
{
    private TicketKeyRing Keys => scene.Services.GetRequiredService<TicketKeyRing>();

    private TicketMint Mint => scene.Services.GetRequiredService<TicketMint>();

    private static IEnumerable<Type> Interfaces => typeof(IAccountGrain).Assembly.GetTypes()
        .Where(type => type.IsInterface && typeof(IGrainWithStringKey).IsAssignableFrom(type) && type != typeof(IGrainWithStringKey)).OrderBy(type => type.Name, StringComparer.Ordinal);

    [Fact]
    public async Task Every_method_lets_in_whom_the_golden_file_says_and_nobody_against_the_laws()
    {
        var callers = await CallersAsync();
        var matrix = new StringBuilder();
        foreach (var type in Interfaces)
        {
            foreach (var method in type.GetMethods().OrderBy(m => m.Name, StringComparer.Ordinal))
            {
                matrix.Append(type.Name).Append('.').Append(method.Name);
                foreach (var (name, ticket) in callers)
                {
                    var outcome = await CallAsync(type, method, ticket());
                    matrix.Append($" {name}:{outcome}");
                    AssertLaws(method, name, outcome);
                    if (outcome == "reached" && method.Name == "LeaveAsync")
                    {
                        await scene.RestoreMembersAsync();
                    }
                }

                matrix.Append('\n');
            }
        }

        Assert.Equal(Golden.Expect("tests/Silo.Tests/Doors/grains.golden.txt", matrix.ToString()), matrix.ToString());
    }

    private static void AssertLaws(MethodInfo method, string caller, string outcome)
    {
        var requirement = method.GetCustomAttributes<CallRequirementAttribute>().Single();
        var expected = (caller, requirement) switch
        {
            ("none" or "garbled" or "foreign" or "late" or "revoked", _) => "signed_out",
            (_, AnonymousAttribute) => outcome,
            ("anonymous", _) => "signed_out",
            (_, SystemOnlyAttribute or SelfOnlyAttribute) => "not_found",
            ("stranger" or "guest", RequiresAttribute) => "not_found",
            ("scoped", RequiresAttribute) => "denied",
            _ => outcome,
        };
        Assert.True(expected == outcome, $"{method.DeclaringType!.Name}.{method.Name} as {caller} answered {outcome}, not {expected}.");
    }

    /// <summary>Makes the text of a ticket for each kind of caller, anew for each call: a ticket lives half a minute.</summary>
    private async Task<List<(string Name, Func<string?> Ticket)>> CallersAsync()
    {
        var foreign = new TicketKeyRing(TicketKey.Draw());
        var callers = new List<(string, Func<string?>)>
        {
            ("none", () => null),
            ("garbled", () => Garble(Write(TicketOf("owner", "*")))),
            ("foreign", () => TicketCodec.Write(TicketOf("owner", "*"), foreign)),
            ("late", () => Late(TicketOf("owner", "*"))),
            ("anonymous", () => Write(Mint.Anonymous("r"))),
        };
        callers.AddRange(new[] { "stranger", "guest", "viewer", "pathless" }.Select(name => (name, (Func<string?>)(() => Write(TicketOf(name, "*"))))));
        callers.Add(("scoped", () => Write(TicketOf("scoped", "tag:delete"))));

        // A ticket of a token that every silo was told of: shown again within its half minute, it is refused.
        var replayed = TokenHash.Of("replayed");
        await Mint.AsSystemAsync("test", async () =>
        {
            await scene.Services.GetRequiredService<IGrainFactory>().GetGrain<IRevocationGrain>(GrainKeys.Singleton)
                .AnnounceAsync(new Revocation { Account = TicketOf("viewer", "*").Account, Token = replayed }, default);
            return true;
        }); // The clock was moved on an hour: a step of the clock must not make a silo unheard of.
        callers.Add(("revoked", () => Write(TicketOf("viewer", "*") with { Token = replayed })));
        return callers;
    }

    private CallerTicket TicketOf(string caller, params string[] scopes)
    {
        var who = scene.Callers[caller].Who!;
        return Mint.Fresh("door") with
        {
            Kind = PrincipalKind.Account,
            Account = AccountId.Parse(who.Account.Id),
            Tenant = TenantId.Parse(who.Account.TenantId),
            Token = TokenHash.Of(who.Token),
            Scopes = [.. scopes],
        };
    }

    private string Write(CallerTicket ticket) => TicketCodec.Write(ticket, Keys);

    private string Late(CallerTicket ticket) => Write(ticket with { IssuedAt = ticket.IssuedAt - TimeSpan.FromMinutes(1), ExpiresAt = ticket.IssuedAt - TimeSpan.FromSeconds(30) });

    private static string Garble(string ticket) => ticket[..^2] + (ticket.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA");

    private async Task<string> CallAsync(Type type, MethodInfo method, string? ticket)
    {
        var grain = scene.Services.GetRequiredService<IGrainFactory>().GetGrain(type, KeyOf(type));
        if (ticket is null)
        {
            RequestContext.Remove(TicketMint.ContextKey);
        }
        else
        {
            RequestContext.Set(TicketMint.ContextKey, ticket);
        }

        var arguments = method.GetParameters().Select(p => SampleOf(p.ParameterType)).ToArray();
        try
        {
            var task = (Task)method.Invoke(grain, arguments)!;
            await task;
            return task.GetType().GetProperty("Result")?.GetValue(task) is { } reply && reply.GetType().GetProperty("Refusal")?.GetValue(reply) is Refusal refusal ? refusal.Code : "reached";
        }
        catch (AccessDeniedException denied)
        {
            return denied.Refusal.Code;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            return "reached"; // The method ran, with arguments that mean nothing.
        }
    }

    // A message is null: nobody whom it matters for gets so far that it is looked at.
    private static object? SampleOf(Type type) => type == typeof(BranchName) ? BranchName.Main
        : type == typeof(string) ? "" : type.IsValueType ? Activator.CreateInstance(type) : null;

    private string KeyOf(Type type)
    {
        var tree = new TreeAddress(TenantId.Parse(scene.Tree.TenantId), WorktreeId.Parse(scene.Tree.WorktreeId), TreeId.Parse(scene.Tree.TreeId));
        return type.Name switch
        {
            "ITenantGrain" or "IAuditGrain" => GrainKeys.Tenant(tree.Tenant),
            "IAccountGrain" => GrainKeys.Account(AccountId.Parse(scene.Owner.Account.Id)),
            "ITokenGrain" => GrainKeys.Token(TokenHash.Of(scene.Owner.Token)),
            "IDeviceGrain" => GrainKeys.Device("ABCDEFGH"),
            "INameGrain" => GrainKeys.Slug(scene.Owner.Slug),
            "IRevocationGrain" => GrainKeys.Singleton,
            "IWorktreeGrain" => GrainKeys.Worktree(tree.Tenant, tree.Worktree),
            "ITreeGrain" or "IStagingAggregatorGrain" or "ITreeEventsGrain" => GrainKeys.Tree(tree),
            "IBranchGrain" => GrainKeys.Branch(tree, BranchName.Main),
            _ => throw new InvalidOperationException($"{type.Name} is new: give it a key of the scene here."),
        };
    }
}
