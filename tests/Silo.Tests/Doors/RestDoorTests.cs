using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Silo.Rest;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Doors;

/// <summary>
/// Every address that the server answers at, found in its own table, called as everybody who should not get through. The golden file holds
/// each answer; the laws hold for routes that nobody has thought of yet.
/// </summary>
public sealed class RestDoorTests(DoorScene scene) : IClassFixture<DoorScene>
{
    // Two doors for machines that watch whether the server is well; they tell nothing else.
    private static readonly string[] Health = ["/health/live", "/health/ready"];

    // Pages for browsers, open to all: nobody's token is looked at, so there is no caller to tell apart. DeviceTests and SingleSignOnTests try them.
    private static readonly string[] Pages = ["/device", "/sso/callback", "/sso/{tenant}"];

    private List<RouteEndpoint> Routes => [.. scene.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private IEnumerable<(string Name, RouteEndpoint Route, string Method)> Doors => Routes.Where(r => !IsGrpc(r) && !Pages.Contains(r.RoutePattern.RawText))
        .SelectMany(r => r.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(m => ($"{m} {r.RoutePattern.RawText}", r, m)))
        .OrderBy(d => d.m switch { "PUT" => 0, "DELETE" => 2, _ => 1 }).ThenBy(d => d.Item1, StringComparer.Ordinal); // What is used is made first and removed last.

    [Fact]
    public async Task Every_route_answers_everybody_as_the_golden_file_says_and_nobody_against_the_laws()
    {
        Assert.True(Doors.Count() >= 25, "The routes were not found.");
        using var calls = new RestCall(scene);
        var matrix = new StringBuilder();
        foreach (var (name, route, method) in Doors)
        {
            matrix.Append(name);
            foreach (var caller in scene.Callers.Keys)
            {
                var token = await scene.TokenForAsync(caller, name.EndsWith("/sessions/current", StringComparison.Ordinal) ? "SignOut" : "");
                var (outcome, received) = await calls.RunAsync(route, method, token, scene.Owner.Slug);
                matrix.Append($" {caller}:{outcome}");
                AssertLaws(name, route, caller, outcome, received);
                if (outcome == "ok" && name.Contains("/members/", StringComparison.Ordinal))
                {
                    await scene.RestoreMembersAsync();
                }
            }

            matrix.Append('\n');
        }

        Assert.Equal(Golden.Expect("tests/Silo.Tests/Doors/rest.golden.txt", matrix.ToString()), matrix.ToString());
    }

    [Fact]
    public async Task What_a_stranger_may_not_see_answers_exactly_like_what_does_not_exist()
    {
        using var calls = new RestCall(scene);
        foreach (var (name, route, method) in Doors.Where(d => NamesSomething(d.Route)))
        {
            foreach (var caller in new[] { "stranger", "guest" })
            {
                var token = await scene.TokenForAsync(caller, "");
                var (known, absent) = (await calls.RunAsync(route, method, token, scene.Owner.Slug), await calls.RunAsync(route, method, token, "p" + Person.Id()[..12]));
                Assert.True(known.Received.AsSpan().SequenceEqual(absent.Received), $"{name} as {caller}: {Encoding.UTF8.GetString(known.Received)} against {Encoding.UTF8.GetString(absent.Received)}");
            }
        }
    }

    [Fact]
    public void There_is_no_address_beside_those_of_gRPC_REST_health_and_the_pages()
    {
        var known = GrpcDoorTests.Methods.Select(m => $"/{m.Service.FullName}/{m.Name}").ToHashSet(StringComparer.Ordinal);
        foreach (var route in Routes)
        {
            var text = route.RoutePattern.RawText!;
            Assert.True(
                IsGrpc(route) ? known.Contains(text) || text.Contains("unimplemented", StringComparison.Ordinal)
                    : Health.Contains(text) || Pages.Contains(text) || text.StartsWith(RestDoor.Prefix, StringComparison.Ordinal),
                $"'{text}' is an address that no matrix has.");
        }

        Assert.Superset(known, Routes.Select(r => r.RoutePattern.RawText!).ToHashSet(StringComparer.Ordinal));
    }

    private static bool IsGrpc(RouteEndpoint route) => route.RoutePattern.RawText!.TrimStart('/') is var text
        && (text.StartsWith("w0rktree.v1.", StringComparison.Ordinal) || text.StartsWith("{unimplementedService}", StringComparison.Ordinal));

    private static bool NamesSomething(RouteEndpoint route) => route.RoutePattern.Parameters.Any(p => p.Name is "owner" or "tenant");

    private static void AssertLaws(string name, RouteEndpoint route, string caller, string outcome, byte[] received)
    {
        var isOpen = route.Metadata.GetMetadata<OpenToAll>() is not null || Health.Contains(route.RoutePattern.RawText);
        var expected = caller switch
        {
            _ when isOpen => outcome,
            "anonymous" or "unknown" => "signed_out",
            "revoked" or "expired" => "token_revoked",
            "stranger" or "guest" when NamesSomething(route) => "not_found",
            "scoped" when NamesSomething(route) => "denied",
            _ => outcome,
        };
        Assert.True(expected == outcome, $"{name} as {caller} answered {outcome}, not {expected}.");
        if (caller != "owner")
        {
            Assert.True(received.AsSpan().IndexOf(Encoding.UTF8.GetBytes(DoorScene.Secret)) < 0, $"{name} told {caller} of what is hidden.");
        }
    }
}
