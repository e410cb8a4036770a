package io.tallyman.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Looks into another JVM of the same user. */
final class JvmProbe implements AutoCloseable {

  private static final double MIB = 1 << 20;

  private final JMXConnector connector;
  private final MemoryMXBean memory;
  private final OperatingSystemMXBean system;
  private final List<GarbageCollectorMXBean> collectors;

  private JvmProbe(JMXConnector connector) throws IOException {
    this.connector = connector;
    MBeanServerConnection server = connector.getMBeanServerConnection();
    memory = ManagementFactory.getPlatformMXBean(server, MemoryMXBean.class);
    system = ManagementFactory.getPlatformMXBean(server, OperatingSystemMXBean.class);
    collectors = ManagementFactory.getPlatformMXBeans(server, GarbageCollectorMXBean.class);
  }

  // The address is that of a process that this one started.
  @SuppressWarnings("BanJNDI")
  static JvmProbe attach(long pid) {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        JMXServiceURL url = new JMXServiceURL(machine.startLocalManagementAgent());
        return new JvmProbe(JMXConnectorFactory.connect(url));
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException | IOException e) {
      throw new BenchException("cannot look into process " + pid, e);
    }
  }

  /** What is left on the heap after a full collection, which this asks for. */
  double liveMib() {
    memory.gc();
    return usedMib();
  }

  double usedMib() {
    return memory.getHeapMemoryUsage().getUsed() / MIB;
  }

  double cpuSeconds() {
    return system.getProcessCpuTime() / 1e9;
  }

  long collections() {
    return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
  }

  long collectionMillis() {
    return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum();
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException e) {
      // The JVM that was looked into may be gone.
      return;
    }
  }
}
