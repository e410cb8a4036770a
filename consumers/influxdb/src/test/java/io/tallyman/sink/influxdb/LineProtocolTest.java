package io.tallyman.sink.influxdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LineProtocolTest {

  private static String line(PointBuilder point) {
    var points = new ArrayList<Point>();
    point.addTo(points, 1_000_000_000_000_000_001L);
    return points.isEmpty() ? "" : LineProtocol.line(points.getFirst());
  }

  private static PointBuilder point(String measurement) {
    return new PointBuilder(measurement, new TreeMap<>());
  }

  @Test
  void typesAreKept() {
    assertThat(
            line(
                point("m")
                    .field("long", Long.MAX_VALUE)
                    .field("int", -1)
                    .field("double", 25.0)
                    .field("small", 1e-9)
                    .field("flag", true)
                    .field("text", "it is")))
        .isEqualTo(
            "m long=9223372036854775807i,int=-1i,double=25.0,small=1.0E-9,flag=true,text=\"it is\""
                + " 1000000000000000001\n");
  }

  @Test
  void tagsAreSortedWhateverTheOrderTheyCameIn() {
    assertThat(line(point("m").tag("b", "2").tag("a", "1").tag("c", "3").field("v", 1)))
        .startsWith("m,a=1,b=2,c=3 v=1i ");
  }

  @Test
  void namesAndTagsAreEscaped() {
    assertThat(line(point("a measure,ment=x").tag("k e,y=", "v a,l=ue").field("f i,e=ld", 1)))
        .startsWith("a\\ measure\\,ment=x,k\\ e\\,y\\==v\\ a\\,l\\=ue f\\ i\\,e\\=ld=1i ");
  }

  @Test
  void aLineCannotBeBrokenFromWithin() {
    assertThat(line(point("m").tag("k", "v\nm2 v=1 1\n").field("v", 1)))
        .startsWith("m,k=v\\ m2\\ v\\=1\\ 1\\  v=1i ");
    assertThat(line(point("m").tag("k", "C:\\").field("v", 1))).startsWith("m,k=C:/ v=1i ");
    assertThat(line(point("m").tag("k", "C:\\d").field("v", 1))).startsWith("m,k=C:\\d v=1i ");
  }

  @Test
  void textIsQuoted() {
    assertThat(line(point("m").field("t", "say \"no\" \\ and\nmore")))
        .startsWith("m t=\"say \\\"no\\\" \\\\ and\nmore\" ");
  }

  @Test
  void whatCannotBeWrittenIsLeftOut() {
    assertThat(
            line(
                point("m")
                    .tag("none", null)
                    .tag("empty", "")
                    .field("none", null)
                    .field("nan", Double.NaN)
                    .field("infinite", Double.POSITIVE_INFINITY)
                    .field("v", 1)))
        .isEqualTo("m v=1i 1000000000000000001\n");
    assertThat(line(point("m").field("nan", Double.NaN))).isEmpty();
  }
}
