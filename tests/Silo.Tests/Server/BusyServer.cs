using Microsoft.Extensions.DependencyInjection;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Tests.Server;

/// <summary>A server that takes any number of requests in a minute: what races are about.</summary>
[CollectionDefinition(Collection)]
public sealed class BusyServer : TestServer, ICollectionFixture<BusyServer>
{
    public const string Collection = "races";

    protected override void Replace(IServiceCollection services) =>
        services.AddSingleton(new LimitSettings { RequestsPerMinute = int.MaxValue, AnonymousPerMinute = int.MaxValue });
}
