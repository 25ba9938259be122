namespace Orleans
{
    /// <summary>Something that wants to know of starts and stops.</summary>
    public interface ILifecycleObserver
    {
        /// <summary>Runs at the start of the stage.</summary>
        Task OnStart(CancellationToken cancellationToken = default);

        /// <summary>Runs at the end of the stage.</summary>
        Task OnStop(CancellationToken cancellationToken = default);
    }

    /// <summary>A life cycle: stages that start upwards and stop downwards.</summary>
    public interface ILifecycleObservable
    {
        /// <summary>Adds an observer to a stage.</summary>
        IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
    }

    /// <summary>Something that takes part in a life cycle.</summary>
    public interface ILifecycleParticipant<TLifecycleObservable>
        where TLifecycleObservable : ILifecycleObservable
    {
        /// <summary>Adds observers.</summary>
        void Participate(TLifecycleObservable lifecycle);
    }

    /// <summary>Shorter ways to subscribe.</summary>
    public static class LifecycleExtensions
    {
        /// <summary>Subscribes two functions.</summary>
        public static IDisposable Subscribe(this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop)
        {
            ArgumentNullException.ThrowIfNull(observable);
            ArgumentNullException.ThrowIfNull(onStart);
            return observable.Subscribe(observerName, stage, new Observer(onStart, onStop));
        }

        /// <summary>Subscribes one function.</summary>
        public static IDisposable Subscribe(this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart) =>
            observable.Subscribe(observerName, stage, onStart, null);

        /// <summary>Subscribes two functions.</summary>
        public static IDisposable Subscribe<TObserver>(this ILifecycleObservable observable, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task> onStop) =>
            observable.Subscribe(typeof(TObserver).FullName!, stage, onStart, onStop);

        /// <summary>Subscribes one function.</summary>
        public static IDisposable Subscribe<TObserver>(this ILifecycleObservable observable, int stage, Func<CancellationToken, Task> onStart) =>
            observable.Subscribe(typeof(TObserver).FullName!, stage, onStart, null);

        private sealed class Observer(Func<CancellationToken, Task> start, Func<CancellationToken, Task>? stop) : ILifecycleObserver
        {
            public Task OnStart(CancellationToken cancellationToken = default) => start(cancellationToken);

            public Task OnStop(CancellationToken cancellationToken = default) => stop?.Invoke(cancellationToken) ?? Task.CompletedTask;
        }
    }

    /// <summary>The stages of a silo.</summary>
    public static class ServiceLifecycleStage
    {
        /// <summary>The first stage.</summary>
        public const int First = int.MinValue;

        /// <summary>The runtime's own parts.</summary>
        public const int RuntimeInitialize = 2000;

        /// <summary>The runtime's services.</summary>
        public const int RuntimeServices = 4000;

        /// <summary>The runtime's storage.</summary>
        public const int RuntimeStorageServices = 6000;

        /// <summary>Grain services.</summary>
        public const int RuntimeGrainServices = 8000;

        /// <summary>After grain services.</summary>
        public const int AfterRuntimeGrainServices = 8100;

        /// <summary>The application's services, storage providers among them.</summary>
        public const int ApplicationServices = 10000;

        /// <summary>The silo is about to be active.</summary>
        public const int BecomeActive = Active - 1;

        /// <summary>The silo is active.</summary>
        public const int Active = 20000;

        /// <summary>The last stage.</summary>
        public const int Last = int.MaxValue;
    }
}

namespace Orleans.Runtime
{
    /// <summary>The life cycle of a silo.</summary>
    public interface ISiloLifecycle : ILifecycleObservable
    {
        /// <summary>The highest stage that has started.</summary>
        int HighestCompletedStage { get; }

        /// <summary>The lowest stage that has stopped.</summary>
        int LowestStoppedStage { get; }
    }

    /// <summary>The life cycle of an activation.</summary>
    public interface IGrainLifecycle : ILifecycleObservable
    {
    }

    /// <summary>The stages of an activation.</summary>
    public static class GrainLifecycleStage
    {
        /// <summary>The first stage.</summary>
        public const int First = int.MinValue;

        /// <summary>State is read.</summary>
        public const int SetupState = 1000;

        /// <summary>The grain's own activation.</summary>
        public const int Activate = 2000;

        /// <summary>The last stage.</summary>
        public const int Last = int.MaxValue;
    }

    /// <summary>Runs once when a silo has started.</summary>
    public interface IStartupTask
    {
        /// <summary>Does its work.</summary>
        Task Execute(CancellationToken cancellationToken);
    }
}
